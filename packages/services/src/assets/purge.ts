import { type AssetRow, assets } from "@tintype/db/schema";
import type { ObjectRef } from "@tintype/integrations/storage/storage";
import { and, eq, sql } from "drizzle-orm";
import type { ServiceContext } from "../context.ts";
import { uploadPrefix } from "./object-keys.ts";

type PurgeContext = Pick<ServiceContext, "db" | "storage" | "now">;

/**
 * Removes an upload that never became ready: first it can no longer become so, then whatever lies under
 * its prefix goes, then the row. Stopped half-way, the sweep finds the row and does it again.
 */
export async function discardPending(ctx: PurgeContext, row: AssetRow): Promise<void> {
  const pending = await refusePending(ctx, row);
  if (pending) await ctx.db.delete(assets).where(pending);
}

/**
 * The same of a file that was refused, but its row stays, deleted, until the sweep: a refused upload has cost more
 * work than a good one and must count for the limit per hour.
 * @returns what finds the row while it is pending; null when it has become ready meanwhile
 */
export async function refusePending({ db, storage, now }: PurgeContext, row: AssetRow) {
  const pending = and(
    eq(assets.userId, row.userId),
    eq(assets.id, row.id),
    eq(assets.status, "pending"),
  );
  const [closed] = await db.update(assets).set({ deletedAt: now() }).where(pending).returning();
  const [current] = closed ? [closed] : await db.select().from(assets).where(isRow(row));
  if (current?.status === "ready" && current.deletedAt === null) return null;

  const objects: ObjectRef[] = [];
  for await (const { key } of storage.list({ bucket: "uploads", prefix: uploadPrefix(row) })) {
    objects.push({ bucket: "uploads", key });
  }
  await storage.delete(objects);
  await db.update(assets).set({ purgedAt: now() }).where(pending);
  return pending;
}

const isRow = ({ userId, id }: AssetRow) => and(eq(assets.userId, userId), eq(assets.id, id));

/** Removes the files of assets of ONE user that were deleted, and writes down that they are gone. */
export async function purgeDeleted(
  { db, storage, now }: PurgeContext,
  userId: string,
  rows: readonly AssetRow[],
): Promise<void> {
  await storage.delete(rows.flatMap(objectsOf));
  const ids = rows.map(({ id }) => id);
  await db
    .update(assets)
    .set({ purgedAt: now() })
    .where(and(eq(assets.userId, userId), sql`${assets.id} = any(${`{${ids.join(",")}}`}::uuid[])`))
    .prepare("assets_are_purged")
    .execute();
}

function objectsOf(row: AssetRow): ObjectRef[] {
  const { bucket, objectKey, thumbnailKey, kind } = row;
  const keys = [objectKey, thumbnailKey, kind === "upload" ? `${uploadPrefix(row)}original` : null];
  return keys.flatMap((key) => (key === null ? [] : [{ bucket, key }]));
}
