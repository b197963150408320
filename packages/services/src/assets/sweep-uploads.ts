import { uploadLimits } from "@tintype/core/assets";
import { type AssetRow, assets } from "@tintype/db/schema";
import { and, asc, eq, isNotNull, isNull, lte, or } from "drizzle-orm";
import type { ServiceContext } from "../context.ts";
import { discardPending, purgeDeleted } from "./purge.ts";

const BATCH = 100;

export type SweepResult = { discarded: number; purged: number; failures: unknown[] };

/**
 * For the schedule: removes uploads nobody confirmed within the hour, and files of deleted assets that the
 * store did not give up at once. Several processes may sweep at the same time. One file that cannot be
 * removed does not stop the others; it is in `failures` for the log, and tried again next time.
 */
export async function sweepUploads(
  ctx: Pick<ServiceContext, "db" | "storage" | "now">,
): Promise<SweepResult> {
  const unconfirmed = await listUnconfirmed(ctx);
  const discards = await Promise.allSettled(unconfirmed.map((row) => discardPending(ctx, row)));
  const deleted = await listUnpurged(ctx);
  const purges = await Promise.allSettled(
    deleted.map((row) => purgeDeleted(ctx, row.userId, [row])),
  );
  const failures = [...discards, ...purges].flatMap((each) =>
    each.status === "rejected" ? [each.reason] : [],
  );
  const done = (each: PromiseSettledResult<void>) => each.status === "fulfilled";
  return {
    discarded: discards.filter(done).length,
    purged: purges.filter(done).length,
    failures,
  };
}

function listUnconfirmed({ db, now }: Pick<ServiceContext, "db" | "now">): Promise<AssetRow[]> {
  const before = new Date(now().getTime() - uploadLimits.unconfirmedMinutes * 60_000);
  return db
    .select()
    .from(assets)
    .where(
      and(
        eq(assets.status, "pending"),
        or(lte(assets.createdAt, before), isNotNull(assets.deletedAt)),
      ),
    )
    .orderBy(asc(assets.createdAt))
    .limit(BATCH);
}

const listUnpurged = ({ db }: Pick<ServiceContext, "db">): Promise<AssetRow[]> =>
  db
    .select()
    .from(assets)
    .where(and(eq(assets.status, "ready"), isNotNull(assets.deletedAt), isNull(assets.purgedAt)))
    .orderBy(asc(assets.deletedAt))
    .limit(BATCH);
