import type { Bucket } from "@tintype/integrations/storage/storage";
import { type BucketPlan, findOrphans, type SweepPlan } from "./orphans/find-orphans.ts";
import {
  type Agreement,
  buckets,
  claimSweep,
  endSweep,
  type MarkContext,
  readAgreement,
  renewMark,
} from "./orphans/store-mark.ts";
import { moveToTrash, tendTrash } from "./orphans/trash.ts";

export type SweepOptions = {
  /** The largest part of a bucket that one sweep may move, in percent, unless a person has agreed to more. */
  maxPercent: number;
  /** A person has seen the numbers and says yes. */
  isConfirmed?: boolean;
};

export type SweptBucket = { moved: number; restored: number; purged: number };
export type SweepOutcome =
  | { outcome: "swept"; swept: Record<Bucket, SweptBucket> }
  /** The first sweep only ties the database to its buckets. */
  | { outcome: "marked" }
  /** Another process is at it. */
  | { outcome: "busy" }
  | { outcome: "refused"; reason: string };

/**
 * For the schedule: moves objects that no row names and that are older than seven days to `trash/`, where they stay for
 * another thirty. They come from forms that were posted again after their upload was refused, confirmed or deleted, and
 * from attempts that wrote some of their outputs and failed. Because a database that is not this bucket's names nothing
 * in it, the sweep refuses when database and bucket do not carry the same mark (decision 17), or when too many would go.
 */
export async function sweepOrphans(ctx: MarkContext, options: SweepOptions): Promise<SweepOutcome> {
  if ((await claimSweep(ctx)) === null) return { outcome: "busy" };
  try {
    const agreement = await readAgreement(ctx);
    if (agreement.state === "refused") return { outcome: "refused", reason: agreement.reason };
    const plan = await findOrphans(ctx);
    const reason = options.isConfirmed ? null : tooMany(plan, options.maxPercent);
    if (reason !== null) return { outcome: "refused", reason };
    await renewMark(ctx);
    if (agreement.state === "unmarked") return { outcome: "marked" };
    return { outcome: "swept", swept: await moveAll(ctx, plan) };
  } finally {
    await endSweep(ctx);
  }
}

/** What a sweep would find and whether it may go on. Changes nothing. */
export async function previewSweep(
  ctx: MarkContext,
  maxPercent: number,
): Promise<{ agreement: Agreement; plan: SweepPlan; tooMany: string | null }> {
  const agreement = await readAgreement(ctx);
  const plan = await findOrphans(ctx);
  return { agreement, plan, tooMany: tooMany(plan, maxPercent) };
}

/** A person says that this database and these buckets belong together, whatever they said of each other before. */
export const adoptStore = (ctx: MarkContext): Promise<void> => renewMark(ctx);

async function moveAll(ctx: MarkContext, plan: SweepPlan): Promise<Record<Bucket, SweptBucket>> {
  const swept = {} as Record<Bucket, SweptBucket>;
  for (const bucket of buckets) {
    const moved = await moveToTrash(ctx, bucket, plan[bucket].keys);
    swept[bucket] = { moved, ...(await tendTrash(ctx, bucket)) };
  }
  return swept;
}

function tooMany(plan: SweepPlan, maxPercent: number): string | null {
  const over = buckets.find((bucket) => percentOf(plan[bucket]) > maxPercent);
  if (over === undefined) return null;
  const { orphans, objects } = plan[over];
  return `${orphans} of ${objects} objects in the ${over} bucket have no row in this database, more than the ${maxPercent} % that may be moved without a person's word`;
}

export const percentOf = ({ orphans, objects }: BucketPlan): number =>
  objects === 0 ? 0 : (orphans / objects) * 100;
