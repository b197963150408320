import { assets } from "@tintype/db/schema";
import type { Bucket, ListedObject } from "@tintype/integrations/storage/storage";
import { and, inArray, isNull } from "drizzle-orm";
import { buckets, type MarkContext } from "./store-mark.ts";

const DAY_MS = 24 * 60 * 60_000;
/** Longer than a form, a confirmation, an attempt and somebody's long weekend take together. */
export const ORPHAN_AGE_MS = 7 * DAY_MS;
const BATCH = 200;
/** Of one bucket and sweep; the rest is found again by the next. */
export const MAX_ORPHANS = 20_000;
/** `{user}/{upload or job}/{file}`: we write nothing else, so anything else is not ours to remove. */
const OUR_KEY = /^([0-9a-f-]{36})\/([0-9a-f-]{36})\/[^/]+$/;

export type BucketPlan = {
  /** Objects that bear a name of ours, young ones too. */
  objects: number;
  /** Old ones that no row names. */
  orphans: number;
  orphanBytes: number;
  /** Of these, the first 20,000. */
  keys: string[];
};
export type SweepPlan = Record<Bucket, BucketPlan>;

/** Looks through both buckets and changes nothing. */
export async function findOrphans(ctx: MarkContext): Promise<SweepPlan> {
  const plan: SweepPlan = { uploads: emptyPlan(), outputs: emptyPlan() };
  for (const bucket of buckets) await look(ctx, bucket, plan[bucket]);
  return plan;
}

const emptyPlan = (): BucketPlan => ({ objects: 0, orphans: 0, orphanBytes: 0, keys: [] });

async function look(ctx: MarkContext, bucket: Bucket, plan: BucketPlan): Promise<void> {
  const before = ctx.now().getTime() - ORPHAN_AGE_MS;
  const listed = ctx.storage.list({ bucket, prefix: "" });
  for await (const batch of inBatches(listed, ({ key }) => OUR_KEY.test(key))) {
    plan.objects += batch.length;
    const old = batch.filter(({ modifiedAt }) => modifiedAt.getTime() < before);
    if (old.length === 0) continue;
    const named = await namedByRow(
      ctx,
      bucket,
      old.map(({ key }) => key),
    );
    const orphans = old.filter(({ key }) => !named.has(key));
    plan.orphans += orphans.length;
    for (const { key, byteSize } of orphans) {
      plan.orphanBytes += byteSize;
      if (plan.keys.length < MAX_ORPHANS) plan.keys.push(key);
    }
  }
}

/** A row names an object until it has been purged: what is posted to its place afterwards belongs to nobody. */
export async function namedByRow(
  { db }: Pick<MarkContext, "db">,
  bucket: Bucket,
  keys: readonly string[],
): Promise<Set<string>> {
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
  const keysOfRows = rows.flatMap(({ objectKey, thumbnailKey }) => [objectKey, thumbnailKey]);
  return new Set(keysOfRows.filter((key) => key !== null));
}

/** As many as one question to the database may name. */
export async function* inBatches(
  listed: AsyncIterable<ListedObject>,
  isWanted: (object: ListedObject) => boolean,
): AsyncIterable<ListedObject[]> {
  let batch: ListedObject[] = [];
  for await (const object of listed) {
    if (isWanted(object)) batch.push(object);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

export const isOurKey = (key: string): boolean => OUR_KEY.test(key);
