import { type HistoryFilter, type KindRule, kindsOfGroup } from "@tintype/core/history";
import type { Tx } from "@tintype/db/client";
import { creditEntries, creditEvents, creditGrants, generationJobs } from "@tintype/db/schema";
import { and, desc, eq, gt, lt, or, type SQL, sql } from "drizzle-orm";

/** The sum of those of an event's transfers that answer to `which`: a handful of rows, by their primary key. */
const sumOfEntries = (which: SQL) =>
  sql<number>`(
    select coalesce(sum(entry.amount), 0) from ${creditEntries} entry
    where entry.user_id = ${creditEvents.userId} and entry.event_seq = ${creditEvents.seq} and ${which}
  )`.mapWith(Number);

/** Where the credits of an event that is no job's came from, when all of them came from one source. */
const sourceOfEvent = sql<typeof creditGrants.$inferSelect.source | null>`(
  select case when min(origin.source) = max(origin.source) then min(origin.source) end
  from ${creditEntries} entry
  join ${creditGrants} origin on origin.user_id = entry.user_id and origin.id = entry.grant_id
  where ${creditEvents.jobId} is null
    and entry.user_id = ${creditEvents.userId} and entry.event_seq = ${creditEvents.seq}
)`;

/** Columns of one line of the history; `generationJobs` is joined by the event's job. */
export const historyColumns = {
  seq: creditEvents.seq,
  kind: creditEvents.kind,
  change: creditEvents.availableChange,
  unheld: sumOfEntries(sql`entry.from_account = 'held'`),
  spent: sumOfEntries(sql`entry.to_account = 'spent'`),
  availableAfter: creditEvents.availableAfter,
  heldAfter: creditEvents.heldAfter,
  owedAfter: creditEvents.owedAfter,
  jobId: creditEvents.jobId,
  jobKind: generationJobs.kind,
  jobStatus: generationJobs.status,
  source: sourceOfEvent,
  reason: creditEvents.reason,
  createdAt: creditEvents.createdAt,
};

export const jobOfEvent = (userId: string) =>
  and(eq(generationJobs.userId, userId), eq(generationJobs.id, creditEvents.jobId));

type PageOfHistory = { filter: HistoryFilter; before: number | undefined; limit: number };

/** A step: lines of the history, newest first, in front of the number `before`. */
export const readHistoryLines = (
  tx: Tx,
  userId: string,
  { filter, before, limit }: PageOfHistory,
) =>
  tx
    .select(historyColumns)
    .from(creditEvents)
    .leftJoin(generationJobs, jobOfEvent(userId))
    .where(
      and(
        eq(creditEvents.userId, userId),
        before === undefined ? undefined : lt(creditEvents.seq, before),
        matches(userId, filter),
      ),
    )
    .orderBy(desc(creditEvents.seq))
    .limit(limit)
    .prepare("history_of_user")
    .execute();

/** Dates become numbers of events, with an hour to spare for clocks that differ; the times decide. */
function matches(userId: string, { show, from, to }: HistoryFilter): SQL | undefined {
  const first = (time: string, spare: SQL) =>
    sql`first_event_since(${userId}, ${time}::timestamptz ${spare} interval '1 hour')`;
  return and(
    show && or(...kindsOfGroup(show).map(isOfKind)),
    from
      ? sql`${creditEvents.seq} >= ${first(from, sql`-`)} and ${creditEvents.createdAt} >= ${from}::timestamptz`
      : undefined,
    to
      ? sql`${creditEvents.seq} < ${first(to, sql`+`)} and ${creditEvents.createdAt} < ${to}::timestamptz`
      : undefined,
  );
}

/** With the kind as a constant, the planner sees which partial index holds such events. */
function isOfKind({ kind, change }: KindRule): SQL | undefined {
  const isKind = sql`${creditEvents.kind} = ${sql.raw(`'${kind}'`)}`;
  const { availableChange } = creditEvents;
  if (change === undefined) return isKind;
  return and(isKind, change === "more" ? gt(availableChange, ZERO) : lt(availableChange, ZERO));
}
const ZERO = sql`0`;
