import type { DeleteAssetsInput } from "@tintype/core/assets";
import { unfinishedJobStatuses } from "@tintype/core/jobs";
import { DomainError } from "@tintype/core/problems";
import type { Tx } from "@tintype/db/client";
import { type AssetRow, assets, generationJobs } from "@tintype/db/schema";
import { and, asc, eq, inArray, isNull } from "drizzle-orm";
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
  const rows = await ctx.db.transaction((tx) => markDeleted(tx, userId, assetIds, ctx.now()));
  if (rows.length > 0) {
    // Deleted is deleted, whether or not the store answers now: a row without `purged_at` is the note
    // for the sweep, which reports what it cannot remove either.
    await Promise.allSettled([purgeDeleted(ctx, userId, rows)]);
  }
  return { deleted: rows.map(({ id }) => id) };
}

/**
 * The row locks are what submitting a job waits for: it either has its job in the table before we look,
 * or finds the photo deleted.
 */
async function markDeleted(
  tx: Tx,
  userId: string,
  assetIds: readonly string[],
  now: Date,
): Promise<AssetRow[]> {
  const own = and(
    eq(assets.userId, userId),
    inArray(assets.id, [...assetIds]),
    isNull(assets.deletedAt),
  );
  const locked = await tx.select().from(assets).where(own).orderBy(asc(assets.id)).for("update");
  const ids = locked.map(({ id }) => id);
  const [inUse] = await tx
    .select({ assetId: generationJobs.inputAssetId })
    .from(generationJobs)
    .where(
      and(
        eq(generationJobs.userId, userId),
        inArray(generationJobs.inputAssetId, ids),
        // Named one by one, as in the partial index that answers this.
        inArray(generationJobs.status, [...unfinishedJobStatuses]),
      ),
    )
    .limit(1);
  if (inUse) throw new DomainError({ code: "asset_in_use", assetId: inUse.assetId });
  await tx.update(assets).set({ deletedAt: now }).where(own);
  return locked;
}
