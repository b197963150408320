import { assets } from "@tintype/db/schema";
import type { Bucket, ListedObject } from "@tintype/integrations/storage/storage";
import { and, inArray, isNull } from "drizzle-orm";
import type { ServiceContext } from "../context.ts";

/** Longer than a posted form, a confirmation and an attempt's last steps take together. */
const YOUNG_MS = 60 * 60_000;
const BATCH = 200;
/** `{user}/{upload or job}/{file}`: we write nothing else, so anything else is not ours to remove. */
const OUR_KEY = /^([0-9a-f-]{36})\/([0-9a-f-]{36})\/[^/]+$/;
const buckets: readonly Bucket[] = ["uploads", "outputs"];

type SweepContext = Pick<ServiceContext, "db" | "storage" | "now">;

/**
 * For the schedule: removes objects that no row names and that are older than an hour. They come from forms
 * that were posted again after their upload was refused, confirmed or deleted, and from attempts that wrote
 * some of their outputs and failed. Several processes may do this at once. @returns how many were removed
 */
export async function sweepOrphans(ctx: SweepContext): Promise<Record<Bucket, number>> {
  const removed = { uploads: 0, outputs: 0 };
  for (const bucket of buckets) {
    for await (const batch of oldObjects(ctx, bucket)) {
      const orphans = await withoutRow(ctx, bucket, batch);
      if (orphans.length > 0) await ctx.storage.delete(orphans.map((key) => ({ bucket, key })));
      removed[bucket] += orphans.length;
    }
  }
  return removed;
}

async function* oldObjects(
  { storage, now }: SweepContext,
  bucket: Bucket,
): AsyncIterable<string[]> {
  const before = now().getTime() - YOUNG_MS;
  const isOld = ({ key, modifiedAt }: ListedObject) =>
    modifiedAt.getTime() < before && OUR_KEY.test(key);
  let batch: string[] = [];
  for await (const object of storage.list({ bucket, prefix: "" })) {
    if (isOld(object)) batch.push(object.key);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** A row names an object until it has been purged: what is posted to its place afterwards belongs to nobody. */
async function withoutRow(
  { db }: SweepContext,
  bucket: Bucket,
  keys: readonly string[],
): Promise<string[]> {
  const parts = keys.map((key) => OUR_KEY.exec(key) ?? []);
  const users = [...new Set(parts.map(([, user = ""]) => user))];
  const owners = [...new Set(parts.map(([, , owner = ""]) => owner))];
  const rows = await db
    .select({ objectKey: assets.objectKey, thumbnailKey: assets.thumbnailKey })
    .from(assets)
    .where(
      and(
        inArray(assets.userId, users),
        bucket === "uploads" ? inArray(assets.id, owners) : inArray(assets.jobId, owners),
        isNull(assets.purgedAt),
      ),
    );
  const named = new Set(rows.flatMap(({ objectKey, thumbnailKey }) => [objectKey, thumbnailKey]));
  return keys.filter((key) => !named.has(key));
}
