import type { UploadContentType } from "@tintype/core/assets";

export type Thumbnail = { bytes: Uint8Array; contentType: "image/webp" };

/** A picture that was decoded to pixels and written anew: nothing of the original file is left but its look. */
export type CleanImage = {
  bytes: Uint8Array;
  contentType: Exclude<UploadContentType, "image/gif">;
  width: number;
  height: number;
  thumbnail: Thumbnail;
};

export type ImageProcessor = {
  /**
   * An aborted signal stops the work at once and rejects with the signal's reason.
   * @throws DomainError upload_empty | upload_type_unsupported | upload_unreadable | upload_too_complex |
   *   upload_dimensions_too_large | upload_too_small
   * @throws OutageError busy when this machine, not the file, is why it was not decoded
   */
  inspectAndReencode(bytes: Uint8Array, signal?: AbortSignal): Promise<CleanImage>;
  /** Of an image of ours; throws sharp's error when it is none. */
  makeThumbnail(bytes: Uint8Array): Promise<Thumbnail>;
};
