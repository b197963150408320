import { authLimits } from "@tintype/core/auth";
import { DomainError } from "@tintype/core/problems";
import { rewardLimits } from "@tintype/core/rewards";
import type { Db } from "@tintype/db/client";
import { signInAttempts } from "@tintype/db/schema";
import { and, desc, eq, gt, inArray, lt, sql } from "drizzle-orm";

type Scope = (typeof signInAttempts.$inferSelect)["scope"];
/** At most `limit` attempts on one subject inside the window. */
type Counter = { scope: Scope; subject: string; limit: number; windowMs?: number };

const WINDOW_MS = authLimits.attemptWindowSeconds * 1_000;
const PROMO_WINDOW_MS = rewardLimits.promoWindowSeconds * 1_000;
const SIGN_UPS_PER_ADDRESS = 50;
const RESETS_PER_ACCOUNT = 3;
/** Far more than a person clicks in a quarter of an hour. */
const PAYMENT_QUESTIONS = 60;

export const signInCounters = (email: string, address: string): Counter[] => [
  { scope: "account", subject: email, limit: authLimits.attemptsPerAccount },
  { scope: "address", subject: address, limit: authLimits.attemptsPerAddress },
];
export const signUpCounters = (address: string): Counter[] => [
  { scope: "address", subject: `sign_up ${address}`, limit: SIGN_UPS_PER_ADDRESS },
];
/** Letters to one account are counted apart: whether they are has an account must not show. */
export const resetRequestCounters = (address: string): Counter[] => [
  { scope: "address", subject: `reset ${address}`, limit: authLimits.attemptsPerAddress },
];
export const resetLetterCounters = (email: string): Counter[] => [
  { scope: "account", subject: `reset ${email}`, limit: RESETS_PER_ACCOUNT },
];
/** A promo code is short enough to be guessed by a machine that may guess all day. */
export const promoCounters = (userId: string): Counter[] => [
  {
    scope: "account",
    subject: `promo ${userId}`,
    limit: rewardLimits.wrongPromoCodes,
    windowMs: PROMO_WINDOW_MS,
  },
];

/** Pages, refunds: questions to the payment provider, which answers all our users together only so often. */
export const paymentCounters = (userId: string): Counter[] => [
  { scope: "account", subject: `payments ${userId}`, limit: PAYMENT_QUESTIONS },
];

/** Rows written for one attempt, to be forgiven if it turns out well. */
export type Attempt = { ids: number[] };

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
  const inOrder = counters.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return db.transaction(async (tx) => {
    for (const { scope, subject, limit, windowMs = WINDOW_MS } of inOrder) {
      await tx.execute(
        sql`select pg_advisory_xact_lock(hashtextextended(${keyOf({ scope, subject })}, 0))`,
      );
      const [lastAllowed] = await tx
        .select({ createdAt: signInAttempts.createdAt })
        .from(signInAttempts)
        .where(
          and(
            eq(signInAttempts.scope, scope),
            eq(signInAttempts.subject, subject),
            gt(signInAttempts.createdAt, new Date(now.getTime() - windowMs)),
          ),
        )
        .orderBy(desc(signInAttempts.createdAt))
        .offset(limit - 1)
        .limit(1);
      if (lastAllowed) throw tooMany(lastAllowed.createdAt, windowMs, now);
    }
    const rows = inOrder.map(({ scope, subject }) => ({ scope, subject, createdAt: now }));
    const made = await tx.insert(signInAttempts).values(rows).returning({ id: signInAttempts.id });
    return { ids: made.map(({ id }) => id) };
  });
}

/** What turned out well does not count; what was tried before it still does. */
export async function forgiveAttempt(db: Db, attempt: Attempt): Promise<void> {
  await db.delete(signInAttempts).where(inArray(signInAttempts.id, attempt.ids));
}

/** A sign-in that succeeded counts neither against the account nor against the address. */
export async function forgiveAttempts(db: Db, attempt: Attempt, email: string): Promise<void> {
  await forgiveAttempt(db, attempt);
  await db
    .delete(signInAttempts)
    .where(and(eq(signInAttempts.scope, "account"), eq(signInAttempts.subject, email)));
}

/** For the schedule: attempts nobody counts any more. */
export async function sweepAttempts(db: Db, now: Date): Promise<void> {
  const windowStart = new Date(now.getTime() - Math.max(WINDOW_MS, PROMO_WINDOW_MS));
  await db.delete(signInAttempts).where(lt(signInAttempts.createdAt, windowStart));
}

const keyOf = ({ scope, subject }: Pick<Counter, "scope" | "subject">) => `${scope} ${subject}`;

/** Free again when the oldest of the counted ones leaves the window. */
function tooMany(lastAllowed: Date, windowMs: number, now: Date): DomainError {
  const waitMs = lastAllowed.getTime() + windowMs - now.getTime();
  return new DomainError({
    code: "too_many_attempts",
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)),
  });
}
