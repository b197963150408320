import type { SpendScope } from "@tintype/core/spend-scope";
import type { Tx } from "@tintype/db/client";
import { creditEntries, creditEvents, creditGrants, wallets } from "@tintype/db/schema";
import { and, asc, eq, gt, gte, or, sql } from "drizzle-orm";

/** More grants with something in them than anybody has; what is behind the last would be spent last. */
const MAX_BUCKETS = 1_000;
/** Every time zone is a multiple of this away from UTC, so that any reader's days can be put together. */
const QUARTER_HOUR_SECONDS = 900;

export async function readWallet(tx: Tx, userId: string) {
  const [row] = await tx
    .select({ held: wallets.held, owed: wallets.owed })
    .from(wallets)
    .where(eq(wallets.userId, userId))
    .prepare("wallet_of_user")
    .execute();
  return row;
}

export async function readSpendScope(tx: Tx, userId: string): Promise<SpendScope> {
  const [row] = await tx
    .select({ scope: sql<SpendScope>`scope` })
    .from(sql`spend_scope_of(${userId}) as scope`)
    .prepare("spend_scope_of_user")
    .execute();
  if (!row) throw new Error("a function answered without a row");
  return row.scope;
}

export type GrantRow = Awaited<ReturnType<typeof readBuckets>>[number];

/** Grants that hold something, in burn order; what has run out counts as gone, swept or not. */
export function readBuckets(tx: Tx, userId: string, now: Date) {
  const at = sql`${now.toISOString()}::timestamptz`;
  const usable = sql<number>`
    case when ${creditGrants.expiresAt} <= ${at} then 0 else ${creditGrants.available} end`.mapWith(
    Number,
  );
  return tx
    .select({
      id: creditGrants.id,
      source: creditGrants.source,
      category: creditGrants.category,
      amount: creditGrants.amount,
      available: usable,
      held: creditGrants.held,
      frozen: creditGrants.frozen,
      priority: creditGrants.priority,
      costBasisCents: creditGrants.costBasisCents,
      currency: creditGrants.currency,
      issuedSeq: creditGrants.issuedSeq,
      effectiveAt: creditGrants.effectiveAt,
      expiresAt: creditGrants.expiresAt,
      createdAt: creditGrants.createdAt,
    })
    .from(creditGrants)
    .where(
      and(
        eq(creditGrants.userId, userId),
        or(gt(usable, sql`0`), gt(creditGrants.held, sql`0`), gt(creditGrants.frozen, sql`0`)),
      ),
    )
    .orderBy(
      sql`${usable} = 0`,
      asc(creditGrants.priority),
      sql`${creditGrants.expiresAt} nulls last`,
      sql`${creditGrants.category} = 'paid'`,
      asc(creditGrants.costBasisCents),
      asc(creditGrants.issuedSeq),
      asc(creditGrants.id),
    )
    .limit(MAX_BUCKETS)
    .prepare("buckets_of_user")
    .execute();
}

/** What jobs have spent since then, by quarters of an hour, and when the history began. */
export async function readSpending(tx: Tx, userId: string, since: Date) {
  const at = sql`${since.toISOString()}::timestamptz`;
  const quarter = sql<number>`
    floor(extract(epoch from ${creditEvents.createdAt}) / ${sql.raw(String(QUARTER_HOUR_SECONDS))})::bigint
  `.mapWith(Number);
  // Event by event and by primary key: a join here is planned for a handful of rows, and takes minutes for many.
  const credits = sql`sum((
    select sum(entry.amount) from ${creditEntries} entry
    where entry.user_id = ${creditEvents.userId} and entry.event_seq = ${creditEvents.seq}
      and entry.to_account = 'spent'
  ))`.mapWith(Number);
  const spent = tx
    .select({ quarter, credits })
    .from(creditEvents)
    .where(
      and(
        eq(creditEvents.userId, userId),
        sql`${creditEvents.kind} = 'capture'`,
        sql`${creditEvents.seq} >= first_event_since(${userId}, ${at} - interval '1 hour')`,
        gte(creditEvents.createdAt, at),
      ),
    )
    .groupBy(sql`1`)
    .prepare("spending_of_user")
    .execute();
  const first = tx
    .select({ createdAt: creditEvents.createdAt })
    .from(creditEvents)
    .where(and(eq(creditEvents.userId, userId), sql`${creditEvents.seq} = 1`))
    .prepare("first_event_of_user")
    .execute();
  const [quarters, [firstEvent]] = await Promise.all([spent, first]);
  return {
    spent: quarters.map((row) => ({
      at: row.quarter * QUARTER_HOUR_SECONDS * 1_000,
      credits: row.credits,
    })),
    firstEventAt: firstEvent?.createdAt.getTime() ?? null,
  };
}
