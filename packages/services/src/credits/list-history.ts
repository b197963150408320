import type { Page } from "@tintype/core/assets";
import type { CreditEventView, HistoryInput } from "@tintype/core/jobs";
import { creditEntries, creditEvents, creditGrants, generationJobs } from "@tintype/db/schema";
import { and, desc, eq, lt, type SQL, sql } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { invalidCursor, toPage } from "../keyset.ts";
import { readAsUser } from "../read-as-user.ts";

/** A sequence number that a double still holds exactly. */
const CURSOR = /^\d{1,15}$/;

/** The sum of those of an event's transfers that answer to `which`: a handful of rows, by their primary key. */
const sumOfEntries = (which: SQL) =>
  sql<number>`(
    select coalesce(sum(entry.amount), 0) from ${creditEntries} entry
    where entry.user_id = ${creditEvents.userId} and entry.event_seq = ${creditEvents.seq} and ${which}
  )`.mapWith(Number);

/** Columns of one line of the history; `source` is only there for grants. */
export const historyColumns = {
  seq: creditEvents.seq,
  kind: creditEvents.kind,
  change: creditEvents.availableChange,
  unheld: sumOfEntries(sql`entry.from_account = 'held'`),
  spent: sumOfEntries(sql`entry.to_account = 'spent'`),
  availableAfter: creditEvents.availableAfter,
  heldAfter: creditEvents.heldAfter,
  jobId: creditEvents.jobId,
  jobKind: generationJobs.kind,
  jobStatus: generationJobs.status,
  source: creditGrants.source,
  reason: creditEvents.reason,
  createdAt: creditEvents.createdAt,
};

/** The user's credit events, newest first; the cursor is the last sequence number seen. */
export async function listHistory(
  ctx: ServiceContext<UserActor>,
  { cursor, limit }: HistoryInput,
): Promise<Page<CreditEventView>> {
  const { userId } = ctx.actor;
  if (cursor !== undefined && !CURSOR.test(cursor)) throw invalidCursor();
  const before = cursor === undefined ? undefined : Number(cursor);

  const rows = await readAsUser(ctx, (tx) =>
    tx
      .select(historyColumns)
      .from(creditEvents)
      .leftJoin(
        generationJobs,
        and(eq(generationJobs.userId, userId), eq(generationJobs.id, creditEvents.jobId)),
      )
      .leftJoin(
        creditEntries,
        and(
          eq(creditEntries.userId, userId),
          eq(creditEntries.eventSeq, creditEvents.seq),
          eq(creditEntries.fromAccount, "issued"),
        ),
      )
      .leftJoin(
        creditGrants,
        and(eq(creditGrants.userId, userId), eq(creditGrants.id, creditEntries.grantId)),
      )
      .where(
        and(
          eq(creditEvents.userId, userId),
          before === undefined ? undefined : lt(creditEvents.seq, before),
        ),
      )
      .orderBy(desc(creditEvents.seq))
      .limit(limit + 1)
      .prepare("history_of_user")
      .execute(),
  );
  return toPage(rows, limit, (row) => String(row.seq), rows);
}
