import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { ensureBucket, statusOf } from "./s3-buckets.ts";
import { createUrlSigner } from "./signed-urls.ts";
import {
  type Bucket,
  type ListedObject,
  type ObjectHead,
  type ObjectRef,
  type ObjectStorage,
  StorageError,
  type UploadPostRequest,
  type WriteRequest,
} from "./storage.ts";

export type S3Config = {
  /** Where this process reaches the store. */
  endpoint: string;
  /** Where browsers reach it, when that is another address. */
  publicEndpoint?: string | undefined;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  uploadsBucket: string;
  outputsBucket: string;
  forcePathStyle: boolean;
  /** Milliseconds without an answer, or without another byte of it, after which the store counts as away. */
  silenceMs?: number;
  /** Milliseconds since 1970, for signed addresses and forms; this machine's clock unless given. */
  now?: () => number;
};

const CONNECTION_TIMEOUT_MS = 3_000;
const SILENCE_MS = 30_000;
const MAX_ATTEMPTS = 3;
/** The most keys S3 takes in one DeleteObjects. */
const DELETE_BATCH = 1_000;

type Store = { client: S3Client; bucketNames: Record<Bucket, string> };

/** Any store that speaks S3. Throws the SDK's errors when it fails, `StorageError` where the port says so. */
export function createS3Storage(config: S3Config): ObjectStorage {
  const client = createClient(config, config.endpoint);
  const publicClient = createClient(config, config.publicEndpoint ?? config.endpoint);
  const bucketNames = { uploads: config.uploadsBucket, outputs: config.outputsBucket };
  const store: Store = { client, bucketNames };
  const now = config.now ?? Date.now;
  const sign = createUrlSigner({
    signingKey: { ...config, endpoint: config.publicEndpoint ?? config.endpoint },
    bucketNames,
    now,
  });

  return {
    async ensureBuckets({ allowedOrigins }) {
      for (const name of Object.values(bucketNames)) {
        await ensureBucket(client, name, allowedOrigins);
      }
    },
    async checkReachable() {
      await client.send(new HeadBucketCommand({ Bucket: bucketNames.uploads }));
    },
    createUploadPost: (request) => {
      // Nothing is sent with this client, so its clock is ours to set; the other one sets its own by the store's answers.
      publicClient.config.systemClockOffset = now() - Date.now();
      return createUploadPost({ client: publicClient, bucketNames }, request);
    },
    read: (request) => readObject(store, request),
    head: (object) => headObject(store, object),
    write: (request) => writeObject(store, request),
    copy: (object, toKey) => copyObject(store, object, toKey),
    delete: (objects) => deleteObjects(store, objects),
    signedUrl: async (request) => sign(request),
    list: (request) => listObjects(store, request),
    close() {
      client.destroy();
      publicClient.destroy();
    },
  };
}

/** Checksums only where S3 requires them: else signed requests carry the checksum of an empty body. */
function createClient(config: S3Config, endpoint: string): S3Client {
  const { region, accessKeyId, secretAccessKey, forcePathStyle, silenceMs = SILENCE_MS } = config;
  return new S3Client({
    endpoint,
    region,
    forcePathStyle,
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      // Until the answer begins, and then between two parts of it.
      requestTimeout: silenceMs,
      socketTimeout: silenceMs,
      throwOnRequestTimeout: true,
    },
  });
}

async function createUploadPost({ client, bucketNames }: Store, request: UploadPostRequest) {
  const { bucket, key, contentType, maxBytes, expiresSeconds } = request;
  return createPresignedPost(client, {
    Bucket: bucketNames[bucket],
    Key: key,
    Fields: { "Content-Type": contentType, success_action_status: "201" },
    Conditions: [["content-length-range", 1, maxBytes]],
    Expires: expiresSeconds,
  });
}

async function readObject(
  { client, bucketNames }: Store,
  { bucket, key, maxBytes }: ObjectRef & { maxBytes: number },
): Promise<Uint8Array> {
  const object = { bucket, key };
  const answer = await client
    .send(new GetObjectCommand({ Bucket: bucketNames[bucket], Key: key }))
    .catch((error: unknown) => {
      throw statusOf(error) === 404 ? new StorageError("not_found", object) : error;
    });
  const body = answer.Body as AsyncIterable<Uint8Array> & { destroy(): void };
  const chunks: Uint8Array[] = [];
  let byteSize = 0;
  for await (const chunk of body) {
    byteSize += chunk.byteLength;
    if (byteSize > maxBytes) {
      body.destroy();
      throw new StorageError("too_large", object);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function headObject(
  { client, bucketNames }: Store,
  { bucket, key }: ObjectRef,
): Promise<ObjectHead | null> {
  try {
    const head = await client.send(
      new HeadObjectCommand({ Bucket: bucketNames[bucket], Key: key }),
    );
    return {
      byteSize: head.ContentLength ?? 0,
      contentType: head.ContentType ?? "application/octet-stream",
    };
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

async function writeObject({ client, bucketNames }: Store, request: WriteRequest): Promise<void> {
  const { bucket, key, bytes, contentType, cacheControl } = request;
  await client.send(
    new PutObjectCommand({
      Bucket: bucketNames[bucket],
      Key: key,
      Body: bytes,
      ContentType: contentType,
      CacheControl: cacheControl,
    }),
  );
}

async function copyObject(
  { client, bucketNames }: Store,
  object: ObjectRef,
  toKey: string,
): Promise<void> {
  const Bucket = bucketNames[object.bucket];
  const CopySource = [Bucket, ...object.key.split("/")].map(encodeURIComponent).join("/");
  await client
    .send(new CopyObjectCommand({ Bucket, Key: toKey, CopySource }))
    .catch((error: unknown) => {
      throw statusOf(error) === 404 ? new StorageError("not_found", object) : error;
    });
}

async function deleteObjects(
  { client, bucketNames }: Store,
  objects: readonly ObjectRef[],
): Promise<void> {
  const byBucket = Object.groupBy(objects, ({ bucket }) => bucket);
  for (const [bucket, ofBucket] of Object.entries(byBucket) as [Bucket, ObjectRef[]][]) {
    for (let start = 0; start < ofBucket.length; start += DELETE_BATCH) {
      const Objects = ofBucket.slice(start, start + DELETE_BATCH).map(({ key }) => ({ Key: key }));
      const { Errors: kept = [] } = await client.send(
        new DeleteObjectsCommand({ Bucket: bucketNames[bucket], Delete: { Objects, Quiet: true } }),
      );
      const [first] = kept;
      if (first) throw new Error(`${bucket}/${first.Key} was not deleted: ${first.Code}`);
    }
  }
}

async function* listObjects(
  { client, bucketNames }: Store,
  { bucket, prefix }: { bucket: Bucket; prefix: string },
): AsyncIterable<ListedObject> {
  const pages = paginateListObjectsV2({ client }, { Bucket: bucketNames[bucket], Prefix: prefix });
  for await (const { Contents: contents = [] } of pages) {
    for (const { Key: key, Size: byteSize = 0, LastModified: modifiedAt } of contents) {
      if (key !== undefined && modifiedAt) yield { key, byteSize, modifiedAt };
    }
  }
}
