import { type AssetView, uploadLimits } from "@tintype/core/assets";
import type { AssetRow } from "@tintype/db/schema";
import type { ServiceContext } from "../context.ts";
import { extensionOf } from "./object-keys.ts";

const expiresSeconds = uploadLimits.signedUrlSeconds;

/** What the owner may know, with addresses that open the file until `urlExpiresAt`. No network. */
export async function toAssetView(
  { storage }: Pick<ServiceContext, "storage">,
  row: AssetRow,
): Promise<AssetView> {
  const { id, kind, status, contentType, byteSize, width, height, durationMs, fileName } = row;
  const { jobId, createdAt, bucket, objectKey, thumbnailKey } = row;
  const view = { id, kind, status, contentType, byteSize, width, height, durationMs, fileName };
  const common = { ...view, jobId, createdAt };
  if (status !== "ready") {
    return { ...common, url: null, thumbnailUrl: null, downloadUrl: null, urlExpiresAt: null };
  }
  const sign = (key: string, downloadAs?: string) =>
    storage.signedUrl({ bucket, key, expiresSeconds, ...(downloadAs && { downloadAs }) });
  const [shown, thumbnail, download] = await Promise.all([
    sign(objectKey),
    thumbnailKey === null ? null : sign(thumbnailKey),
    sign(objectKey, downloadName(fileName, contentType)),
  ]);
  return {
    ...common,
    url: shown.url,
    thumbnailUrl: thumbnail?.url ?? null,
    downloadUrl: download.url,
    urlExpiresAt: shown.expiresAt,
  };
}

/** A GIF was kept as a PNG: the name a download gets says what the file is now. */
function downloadName(fileName: string, contentType: string): string {
  const base = fileName.replace(/\.[a-z0-9]{1,5}$/i, "") || "file";
  return `${base}.${extensionOf(contentType)}`;
}
