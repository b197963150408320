import type { Bucket, ListedObject } from "@tintype/integrations/storage/storage";
import { isMissing } from "../is-missing.ts";
import { inBatches, isOurKey, namedByRow } from "./find-orphans.ts";
import type { MarkContext } from "./store-mark.ts";

const TRASH = "trash/";
/** From the day an object was moved there: time enough to notice that something is missing. */
export const TRASH_AGE_MS = 30 * 24 * 60 * 60_000;
/** Copies on their way at a time: a store takes them side by side, and the worker has other work. */
const LANES = 8;

/** @returns how many have been moved; one that somebody else has removed meanwhile does not count */
export async function moveToTrash(
  ctx: MarkContext,
  bucket: Bucket,
  keys: readonly string[],
): Promise<number> {
  let moved = 0;
  for (let start = 0; start < keys.length; start += LANES) {
    const some = keys.slice(start, start + LANES);
    const done = await Promise.all(some.map((key) => move(ctx, bucket, key, TRASH + key)));
    moved += done.filter(Boolean).length;
  }
  return moved;
}

/**
 * Removes what has lain in the trash for thirty days. What a row names after all, because the database has come back
 * from a backup or was the wrong one, goes back to its place.
 */
export async function tendTrash(
  ctx: MarkContext,
  bucket: Bucket,
): Promise<{ restored: number; purged: number }> {
  const before = ctx.now().getTime() - TRASH_AGE_MS;
  const listed = ctx.storage.list({ bucket, prefix: TRASH });
  const done = { restored: 0, purged: 0 };
  for await (const batch of inBatches(listed, ({ key }) => isOurKey(placeOf(key)))) {
    const places = batch.map(({ key }) => placeOf(key));
    const named = await namedByRow(ctx, bucket, places);
    for (const { key } of batch.filter((each) => named.has(placeOf(each.key)))) {
      if (await restore(ctx, bucket, key)) done.restored++;
    }
    const isOver = ({ key, modifiedAt }: ListedObject) =>
      modifiedAt.getTime() < before && !named.has(placeOf(key));
    const over = batch.filter(isOver).map(({ key }) => ({ bucket, key }));
    if (over.length > 0) await ctx.storage.delete(over);
    done.purged += over.length;
  }
  return done;
}

const placeOf = (key: string): string => key.slice(TRASH.length);

/** Never over a file that is there: that one is newer than the one in the trash. */
async function restore(ctx: MarkContext, bucket: Bucket, key: string): Promise<boolean> {
  const place = placeOf(key);
  if ((await ctx.storage.head({ bucket, key: place })) !== null) return false;
  return move(ctx, bucket, key, place);
}

/** Copied first and only then removed: whatever happens in between, the bytes are there. */
async function move(
  { storage }: MarkContext,
  bucket: Bucket,
  key: string,
  toKey: string,
): Promise<boolean> {
  try {
    await storage.copy({ bucket, key }, toKey);
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
  await storage.delete([{ bucket, key }]);
  return true;
}
