import { advisoryLocks } from "@tintype/db/advisory-locks";
import type { Tx } from "@tintype/db/client";
import { checkNewCredits, validateCreditsConsistency } from "@tintype/db/consistency";
import {
  type ConsistencyRunKind,
  type CreditViolation,
  consistencyRuns,
  wallets,
} from "@tintype/db/schema";
import { allowStatementsMs } from "@tintype/db/statement-time";
import { and, desc, eq, gt, lt, sql } from "drizzle-orm";
import type { ServiceContext } from "../context.ts";

const USERS_A_ROUND = 500;
const DETAILS_KEPT = 100;
const FULL_PROOF_EVERY_MS = 24 * 60 * 60_000;
const FULL_PROOF_TIMEOUT_MS = 10 * 60_000;
/** A clean run every minute is worth little after a week; runs that found something stay. */
const KEEP_CLEAN_RUNS_MS = 7 * 86_400_000;

type Context = Pick<ServiceContext, "db" | "now">;
export type BooksCheck = { eventsChecked: number; violations: CreditViolation[] };

/**
 * Proves the books, all of them or what is new, and records the result. One process at a time.
 * @returns null when another process is at it
 */
export async function checkBooks(
  { db, now }: Context,
  kind: ConsistencyRunKind,
): Promise<BooksCheck | null> {
  return db.transaction(async (tx) => {
    const [lock] = await tx.execute<{ taken: boolean }>(
      sql`select pg_try_advisory_xact_lock(${advisoryLocks.books}) as taken`,
    );
    if (!lock?.taken) return null;
    const startedAt = now();
    const check = kind === "full" ? await checkAll(tx) : await checkNew(tx);
    const finishedAt = now();
    await tx.insert(consistencyRuns).values({
      kind,
      startedAt,
      finishedAt,
      eventsChecked: check.eventsChecked,
      violations: check.violations.length,
      details: check.violations.slice(0, DETAILS_KEPT),
    });
    await tx
      .delete(consistencyRuns)
      .where(
        and(
          eq(consistencyRuns.kind, "incremental"),
          eq(consistencyRuns.violations, 0),
          lt(consistencyRuns.finishedAt, new Date(finishedAt.getTime() - KEEP_CLEAN_RUNS_MS)),
        ),
      );
    return check;
  });
}

/** The whole books are proved once a day; what a restart or another process has done counts too. */
export async function isFullProofDue({ db, now }: Context): Promise<boolean> {
  const since = new Date(now().getTime() - FULL_PROOF_EVERY_MS);
  const [recent] = await db
    .select({ id: consistencyRuns.id })
    .from(consistencyRuns)
    .where(and(eq(consistencyRuns.kind, "full"), gt(consistencyRuns.finishedAt, since)))
    .limit(1);
  return recent === undefined;
}

/** The sequences of the wallets are proved to have no gap, so their sum is the number of events. */
async function checkAll(tx: Tx): Promise<BooksCheck> {
  await allowStatementsMs(tx, FULL_PROOF_TIMEOUT_MS);
  const violations = await validateCreditsConsistency(tx);
  const [events] = await tx
    .select({ count: sql`coalesce(sum(${wallets.seq}), 0)`.mapWith(Number) })
    .from(wallets);
  return { eventsChecked: events?.count ?? 0, violations };
}

async function checkNew(tx: Tx): Promise<BooksCheck> {
  const check: BooksCheck = { eventsChecked: 0, violations: [] };
  let after: string | null = null;
  do {
    const round = await checkNewCredits(tx, USERS_A_ROUND, after);
    check.eventsChecked += round.eventsChecked;
    check.violations.push(...round.violations);
    after = round.users < USERS_A_ROUND ? null : round.last;
  } while (after !== null);
  return check;
}

export type BooksStatus = { balanced: boolean; checkedAt: Date };

/** What the newest run of each kind says; null before the first. */
export async function getBooksStatus({ db }: Pick<Context, "db">): Promise<BooksStatus | null> {
  const newest = await db
    .selectDistinctOn([consistencyRuns.kind], {
      violations: consistencyRuns.violations,
      finishedAt: consistencyRuns.finishedAt,
    })
    .from(consistencyRuns)
    .orderBy(consistencyRuns.kind, desc(consistencyRuns.finishedAt));
  if (newest.length === 0) return null;
  return {
    balanced: newest.every(({ violations }) => violations === 0),
    checkedAt: new Date(Math.max(...newest.map(({ finishedAt }) => finishedAt.getTime()))),
  };
}
