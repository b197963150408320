import type { DeleteAssetsInput } from "@tintype/core/assets";
import { DomainError } from "@tintype/core/problems";
import { deleteAssets as markDeleted } from "@tintype/db/asset-functions";
import { readAssetRow } from "@tintype/db/json-rows";
import type { ServiceContext, UserActor } from "../context.ts";
import { purgeDeleted } from "./purge.ts";

/**
 * Deletes all of these or none. What is not there (any more), or is somebody else's, is not in the answer.
 * @throws DomainError asset_in_use
 */
export async function deleteAssets(
  ctx: ServiceContext<UserActor>,
  { assetIds }: DeleteAssetsInput,
): Promise<{ deleted: string[] }> {
  const { userId } = ctx.actor;
  const result = await markDeleted(ctx.db, { userId, ids: assetIds, now: ctx.now() });
  if ("inUse" in result) throw new DomainError({ code: "asset_in_use", assetId: result.inUse });
  const rows = result.deleted.map(readAssetRow);
  if (rows.length > 0) {
    // Deleted is deleted, whether or not the store answers now: a row without `purged_at` is the note
    // for the sweep, which reports what it cannot remove either.
    await Promise.allSettled([purgeDeleted(ctx, userId, rows)]);
  }
  return { deleted: rows.map(({ id }) => id) };
}
