import { type AssetView, uploadLimits } from "@tintype/core/assets";
import { DomainError } from "@tintype/core/problems";
import { type AssetRow, assets } from "@tintype/db/schema";
import type { CleanImage } from "@tintype/integrations/images/images";
import { and, eq, isNull } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { toAssetView } from "./asset-view.ts";
import type { Confirmations } from "./confirmations.ts";
import { getOwnAsset } from "./find-asset.ts";
import { isMissing } from "./is-missing.ts";
import { imageKey, originalKey, uploadThumbnailKey } from "./object-keys.ts";
import { refusePending } from "./purge.ts";

const LONG_CACHE = "private, max-age=31536000, immutable";

export type UploadContext = ServiceContext<UserActor> & { confirmations: Confirmations };

/**
 * Looks at what was really posted, keeps a clean copy of it and a thumbnail, and makes the asset ready.
 * Calling it again answers the same. A file that is refused is gone; one that could not be looked at for our
 * reasons stays, and may be confirmed again.
 * @param signal aborted when nobody waits for the answer any more
 * @throws DomainError asset_not_found | upload_missing | upload_empty | upload_too_large | upload_too_complex |
 *   upload_type_unsupported | upload_unreadable | upload_dimensions_too_large | upload_too_small
 * @throws OutageError busy
 */
export async function confirmUpload(
  ctx: UploadContext,
  { assetId }: { assetId: string },
  signal?: AbortSignal,
): Promise<AssetView> {
  const row = await getOwnAsset(ctx, assetId);
  if (row.status === "ready") {
    if (row.kind === "upload") await deleteOriginal(ctx, row);
    return toAssetView(ctx, row);
  }
  const confirm = (left: AbortSignal) => confirmInTurn(ctx, assetId, left);
  return toAssetView(ctx, await ctx.confirmations.run(row, confirm, signal));
}

/** The row is read again: it may have changed, or be gone, since its turn was asked for. */
async function confirmInTurn(
  ctx: ServiceContext<UserActor>,
  assetId: string,
  left: AbortSignal,
): Promise<AssetRow> {
  const row = await getOwnAsset(ctx, assetId);
  if (row.status === "ready") return row;
  const image = await inspect(ctx, row, left);
  if (!image) {
    // Another process may have finished, and removed the original, since the row was read.
    const current = await getOwnAsset(ctx, assetId);
    if (current.status === "ready") return current;
    throw new DomainError({ code: "upload_missing", assetId });
  }
  await store(ctx, row, image);
  const ready = await makeReady(ctx, row, image);
  await deleteOriginal(ctx, row);
  return ready;
}

/** Null when nothing has been posted (yet): the row then stays, the post may be under way. */
async function inspect(
  ctx: ServiceContext<UserActor>,
  row: AssetRow,
  left: AbortSignal,
): Promise<CleanImage | null> {
  const original = { bucket: "uploads", key: originalKey(row) } as const;
  const limit = uploadLimits.byteSize;
  const head = await ctx.storage.head(original);
  if (!head) return null;
  try {
    const { byteSize } = head;
    if (byteSize > limit) throw new DomainError({ code: "upload_too_large", byteSize, limit });
    const bytes = await ctx.storage.read({ ...original, maxBytes: limit });
    return await ctx.images.inspectAndReencode(bytes, left);
  } catch (error) {
    if (isMissing(error)) return null;
    if (error instanceof DomainError) await refusePending(ctx, row);
    throw error;
  }
}

async function store(
  { storage }: ServiceContext<UserActor>,
  row: AssetRow,
  { bytes, contentType, thumbnail }: CleanImage,
): Promise<void> {
  const common = { bucket: "uploads", cacheControl: LONG_CACHE } as const;
  await storage.write({ ...common, key: imageKey(row, contentType), bytes, contentType });
  await storage.write({ ...common, key: uploadThumbnailKey(row), ...thumbnail });
}

/** One of several calls at once makes it ready; the others answer what that one made. */
async function makeReady(
  ctx: ServiceContext<UserActor>,
  row: AssetRow,
  { bytes, contentType, width, height }: CleanImage,
): Promise<AssetRow> {
  const objectKey = imageKey(row, contentType);
  const [ready] = await ctx.db
    .update(assets)
    .set({
      status: "ready",
      objectKey,
      thumbnailKey: uploadThumbnailKey(row),
      contentType,
      byteSize: bytes.byteLength,
      width,
      height,
    })
    .where(
      and(
        eq(assets.userId, row.userId),
        eq(assets.id, row.id),
        eq(assets.status, "pending"),
        isNull(assets.deletedAt),
      ),
    )
    .returning()
    .prepare("upload_is_ready")
    .execute();
  if (ready) return ready;

  try {
    return await getOwnAsset(ctx, row.id);
  } catch (error) {
    // Deleted meanwhile, and perhaps purged before our copies were written.
    await refusePending(ctx, row);
    throw error;
  }
}

async function deleteOriginal({ storage }: ServiceContext<UserActor>, row: AssetRow) {
  await storage.delete([{ bucket: "uploads", key: originalKey(row) }]);
}
