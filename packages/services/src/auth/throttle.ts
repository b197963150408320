import { DomainError } from "@tintype/core/problems";
import type { Db, Tx } from "@tintype/db/client";
import { signInAttempts } from "@tintype/db/schema";
import { and, count, eq, gt, inArray, lt, max, sql } from "drizzle-orm";
import { type Counter, LONGEST_WINDOW_MS, windowOf } from "./throttle-counters.ts";

/** Rows written for one attempt, to be forgiven if it turns out well. */
export type Attempt = {
  ids: number[];
  /** What each counter holds now, this attempt included, in the order in which they were given. */
  counts: number[];
};

/**
 * Counts an attempt BEFORE it is made, so that a thousand at once get no more tries than one after another.
 * Counters are locked in one order for everybody, each until the count is committed.
 * @throws DomainError too_many_attempts; the refused attempt itself does not count
 */
export async function countAttempt(
  db: Db,
  counters: readonly Counter[],
  now: Date,
): Promise<Attempt> {
  return db.transaction(async (tx) => {
    for (const key of counters.map(keyOf).toSorted()) {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
    }
    const counts: number[] = [];
    for (const counter of counters) {
      const { seen, retryAt } = await look(tx, counter, counts[0] === 1, now);
      if (retryAt > now.getTime()) throw tooMany(retryAt - now.getTime());
      counts.push(seen + 1);
    }
    const rows = counters.map(({ scope, subject }) => ({ scope, subject, createdAt: now }));
    const made = await tx.insert(signInAttempts).values(rows).returning({ id: signInAttempts.id });
    return { ids: made.map(({ id }) => id), counts };
  });
}

/** @returns how many the window holds, and the time in milliseconds from which the next may be made */
async function look(
  tx: Tx,
  counter: Counter,
  isFirst: boolean,
  now: Date,
): Promise<{ seen: number; retryAt: number }> {
  const { scope, subject, pauseMs, limit } = counter;
  const inWindow = and(
    ...[eq(signInAttempts.scope, scope), eq(signInAttempts.subject, subject)],
    gt(signInAttempts.createdAt, new Date(now.getTime() - windowOf(counter))),
  );
  const [row] = await tx
    .select({ seen: count(), last: max(signInAttempts.createdAt) })
    .from(signInAttempts)
    .where(inWindow);
  const { seen, last } = row ?? { seen: 0, last: null };
  if (last === null || seen < ((isFirst && counter.limitOfFirst) || limit)) {
    return { seen, retryAt: 0 };
  }
  if (pauseMs !== undefined) return { seen, retryAt: last.getTime() + pauseMs };
  // Free again when the last one that was allowed too many leaves the window.
  const [oldest] = await tx
    .select({ createdAt: signInAttempts.createdAt })
    .from(signInAttempts)
    .where(inWindow)
    .orderBy(sql`${signInAttempts.createdAt} desc`)
    .offset(limit - 1)
    .limit(1);
  return { seen, retryAt: (oldest?.createdAt ?? last).getTime() + windowOf(counter) };
}

/** What turned out well does not count; what was tried before it still does. */
export async function forgiveAttempt(db: Db, attempt: Attempt): Promise<void> {
  await db.delete(signInAttempts).where(inArray(signInAttempts.id, attempt.ids));
}

/** Takes a counter back to nothing, for whoever has shown that the earlier attempts were theirs. */
export async function resetCounter(db: Db, { scope, subject }: Counter): Promise<void> {
  await db
    .delete(signInAttempts)
    .where(and(eq(signInAttempts.scope, scope), eq(signInAttempts.subject, subject)));
}

/** For the schedule: attempts nobody counts any more. */
export async function sweepAttempts(db: Db, now: Date): Promise<void> {
  const windowStart = new Date(now.getTime() - LONGEST_WINDOW_MS);
  await db.delete(signInAttempts).where(lt(signInAttempts.createdAt, windowStart));
}

const keyOf = ({ scope, subject }: Pick<Counter, "scope" | "subject">) => `${scope} ${subject}`;

const tooMany = (waitMs: number): DomainError =>
  new DomainError({
    code: "too_many_attempts",
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)),
  });
