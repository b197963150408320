import { uploadLimits } from "@tintype/core/assets";
import { type AssetRow, assets } from "@tintype/db/schema";
import { and, asc, eq, isNotNull, isNull, lte, or } from "drizzle-orm";
import type { ServiceContext } from "../context.ts";
import { readAgreement } from "./orphans/store-mark.ts";
import { discardPending, purgeDeleted } from "./purge.ts";

/** As many at a time as leave the pool and the store some room for those who wait for an answer. */
const BATCH = 8;
const MAX_BATCHES = 200;

export type SweepResult = { discarded: number; purged: number; failures: unknown[] };
type SweepContext = Pick<ServiceContext, "db" | "storage" | "now">;

/**
 * For the schedule: removes uploads nobody confirmed within the hour, and files of deleted assets that the
 * store did not give up at once. Several processes may sweep at the same time. What cannot be removed is in
 * `failures` for the log and is tried again next time. Nothing is removed from a store that is another database's: in an
 * older copy of the database, an upload that was confirmed long ago still waits for it.
 */
export async function sweepUploads(ctx: SweepContext): Promise<SweepResult> {
  const agreement = await readAgreement(ctx);
  if (agreement.state === "refused")
    return { discarded: 0, purged: 0, failures: [new Error(agreement.reason)] };
  const discards = await inBatches(
    () => listUnconfirmed(ctx),
    (row) => discardPending(ctx, row),
  );
  const purges = await inBatches(
    () => listUnpurged(ctx),
    (row) => purgeDeleted(ctx, row.userId, [row]),
  );
  return {
    discarded: discards.done,
    purged: purges.done,
    failures: [...discards.failures, ...purges.failures],
  };
}

/** Goes on while whole batches succeed: after a failure the same rows would only come again. */
async function inBatches(
  list: () => Promise<AssetRow[]>,
  remove: (row: AssetRow) => Promise<void>,
): Promise<{ done: number; failures: unknown[] }> {
  const failures: unknown[] = [];
  let done = 0;
  for (let batch = 0; batch < MAX_BATCHES && failures.length === 0; batch++) {
    const rows = await list();
    for (const each of await Promise.allSettled(rows.map(remove))) {
      if (each.status === "fulfilled") done++;
      else failures.push(each.reason);
    }
    if (rows.length < BATCH) break;
  }
  return { done, failures };
}

function listUnconfirmed({ db, now }: SweepContext): Promise<AssetRow[]> {
  const before = new Date(now().getTime() - uploadLimits.unconfirmedMinutes * 60_000);
  return db
    .select()
    .from(assets)
    .where(
      and(
        eq(assets.status, "pending"),
        // What was refused or deleted keeps its row, which counts for the limit per hour, as long as the others.
        or(
          lte(assets.createdAt, before),
          and(isNotNull(assets.deletedAt), isNull(assets.purgedAt)),
        ),
      ),
    )
    .orderBy(asc(assets.createdAt))
    .limit(BATCH);
}

const listUnpurged = ({ db }: SweepContext): Promise<AssetRow[]> =>
  db
    .select()
    .from(assets)
    .where(and(eq(assets.status, "ready"), isNotNull(assets.deletedAt), isNull(assets.purgedAt)))
    .orderBy(asc(assets.deletedAt))
    .limit(BATCH);
