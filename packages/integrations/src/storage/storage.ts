/** Both buckets are private: what is in them is read through signed addresses only. */
export type Bucket = "uploads" | "outputs";
export type ObjectRef = { bucket: Bucket; key: string };

export type UploadPostRequest = ObjectRef & {
  contentType: string;
  maxBytes: number;
  expiresSeconds: number;
};
export type UploadPost = { url: string; fields: Record<string, string> };

export type WriteRequest = ObjectRef & {
  bytes: Uint8Array;
  contentType: string;
  cacheControl?: string;
};

export type SignedUrlRequest = ObjectRef & {
  expiresSeconds: number;
  /** Answered as an attachment with this file name. */
  downloadAs?: string;
  contentType?: string;
};
export type SignedUrl = { url: string; expiresAt: Date };

export type ObjectHead = { byteSize: number; contentType: string };
export type ListedObject = { key: string; byteSize: number; modifiedAt: Date };

/** Where files are kept. Every call is bounded in time and tried a few times by itself. */
export type ObjectStorage = {
  /** Makes the buckets that are missing and lets pages of these origins read and post to them. */
  ensureBuckets(options: { allowedOrigins: readonly string[] }): Promise<void>;
  /** Throws when the store cannot be reached or refuses us. */
  checkReachable(): Promise<void>;
  /** A form a browser may post: this key, this content type, 1 to `maxBytes` bytes, nothing else. */
  createUploadPost(request: UploadPostRequest): Promise<UploadPost>;
  /** Throws `StorageError` `not_found`, or `too_large` without having read more than `maxBytes`. */
  read(request: ObjectRef & { maxBytes: number }): Promise<Uint8Array>;
  /** Null when there is no such object. */
  head(object: ObjectRef): Promise<ObjectHead | null>;
  write(request: WriteRequest): Promise<void>;
  /** Within the bucket, as the store does it by itself. Throws `StorageError` `not_found`. */
  copy(object: ObjectRef, toKey: string): Promise<void>;
  /** Deleting what is not there is fine. Throws when the store kept any of them. */
  delete(objects: readonly ObjectRef[]): Promise<void>;
  /** The same address for some minutes, so that a browser can keep what it has loaded. */
  signedUrl(request: SignedUrlRequest): Promise<SignedUrl>;
  list(request: { bucket: Bucket; prefix: string }): AsyncIterable<ListedObject>;
  close(): void;
};

export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly reason: "not_found" | "too_large";

  constructor(reason: "not_found" | "too_large", { bucket, key }: ObjectRef) {
    super(`${bucket}/${key}: ${reason.replace("_", " ")}`);
    this.reason = reason;
  }
}
