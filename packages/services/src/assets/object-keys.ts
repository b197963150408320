/** Everything stored for an upload lies under its own prefix, and goes with it. */
type UploadRef = { userId: string; id: string };

export const uploadPrefix = ({ userId, id }: UploadRef): string => `${userId}/${id}/`;
/** Where the browser posts; nobody but `confirmUpload` ever reads it. */
export const originalKey = (upload: UploadRef): string => `${uploadPrefix(upload)}original`;
export const imageKey = (upload: UploadRef, contentType: string): string =>
  `${uploadPrefix(upload)}image.${extensionOf(contentType)}`;
export const uploadThumbnailKey = (upload: UploadRef): string =>
  `${uploadPrefix(upload)}thumbnail.webp`;

const extensions: Record<string, string> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "video/mp4": "mp4",
};
export const extensionOf = (contentType: string): string => extensions[contentType] ?? "bin";
