import { randomUUID } from "node:crypto";
import { allocate, type CreditSource, usableCredits } from "@tintype/core/credits";
import { bucketsInScope, isInScope, type SpendScope, spendScopes } from "@tintype/core/spend-scope";
import { and, asc, eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { grantCredits, spendableOfUser } from "./credit-functions.ts";
import { creditEntries, creditGrants, userPreferences, users, wallets } from "./schema/index.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
});
afterAll(() => database.drop());

const now = new Date("2026-06-01T12:00:00Z");
const day = 86_400_000;
/** As they are granted: what was earned is promo, what was paid for is paid. */
const origins = [
  ...(["welcome", "promo", "referral", "streak"] as const).map(
    (source) => [source, "promo"] as const,
  ),
  ...(["purchase", "allowance", "rollover", "migration"] as const).map(
    (source) => [source, "paid"] as const,
  ),
  ["compensation", "promo"] as const,
  ["compensation", "paid"] as const,
];

const grants = fc.array(
  fc.record({
    origin: fc.constantFrom(...origins),
    amount: fc.integer({ min: 1, max: 20 }),
    expiresInDays: fc.option(fc.integer({ min: -1, max: 3 }).filter((days) => days !== 0)),
    startsInDays: fc.constantFrom(0, 0, 0, 1),
  }),
  { maxLength: 6 },
);
type Grant = typeof grants extends fc.Arbitrary<(infer G)[]> ? G : never;

async function userWith(given: readonly Grant[], scope: SpendScope | null): Promise<string> {
  const { db } = database;
  const userId = randomUUID();
  await db.insert(users).values({ id: userId, email: `${userId}@example.com`, createdAt: now });
  for (const { origin, amount, expiresInDays, startsInDays } of given) {
    const grantId = randomUUID();
    await grantCredits(db, {
      ...{ userId, grantId, source: origin[0] satisfies CreditSource, category: origin[1], amount },
      ...{ idempotencyKey: grantId, actorKind: "system", actorId: "test", currency: "usd" },
      now: new Date(now.getTime() - 5 * day),
      expiresAt: expiresInDays === null ? null : new Date(now.getTime() + expiresInDays * day),
      ...{ priority: 50, costBasisCents: 0, paymentReference: null, periodReference: null },
      reason: null,
    });
    if (startsInDays === 0 || (expiresInDays ?? 9) <= startsInDays) continue;
    await db
      .update(creditGrants)
      .set({ effectiveAt: new Date(now.getTime() + startsInDays * day) })
      .where(eq(creditGrants.id, grantId));
  }
  if (scope) {
    const chosen = { userId, spendScope: scope, updatedAt: now };
    await db.insert(userPreferences).values(chosen);
  }
  return userId;
}

async function bucketsOf(userId: string) {
  const rows = await database.db.select().from(creditGrants).where(eq(creditGrants.userId, userId));
  return rows.map((row) => ({
    ...row,
    effectiveAt: row.effectiveAt.getTime(),
    expiresAt: row.expiresAt?.getTime() ?? null,
  }));
}

/** What hold_credits takes, in its order; null when it refuses. */
const hold = (userId: string, amount: number) =>
  database.db.transaction(async (tx) => {
    await tx.select().from(wallets).where(eq(wallets.userId, userId)).for("update");
    const [row] = await tx.execute<{ seq: string | null }>(
      sql`select hold_credits(${userId}::uuid, ${randomUUID()}::uuid, ${amount}::bigint, 'user', ${userId}, ${now.toISOString()}::timestamptz) as seq`,
    );
    if (row?.seq == null) return null;
    return tx
      .select({ grantId: creditEntries.grantId, amount: creditEntries.amount })
      .from(creditEntries)
      .where(and(eq(creditEntries.userId, userId), eq(creditEntries.eventSeq, Number(row.seq))))
      .orderBy(asc(creditEntries.line));
  });

test("a hold takes what core allows under the switch, in the same order, and what is usable is the same number", async () => {
  const scopes = fc.constantFrom(...spendScopes, null);
  await fc.assert(
    fc.asyncProperty(
      grants,
      scopes,
      fc.integer({ min: 1, max: 40 }),
      async (given, scope, amount) => {
        const userId = await userWith(given, scope);
        const all = await bucketsOf(userId);
        const inScope = bucketsInScope(scope ?? "all_and_overage", all);
        const usable = usableCredits(inScope, now.getTime());
        expect(await spendableOfUser(database.db, { userId, now })).toEqual({
          available: usable,
          excluded: usableCredits(all, now.getTime()) - usable,
          scope: scope ?? "all_and_overage",
          unpaid: null,
          isOverageDisputed: false,
          isPlanPastDue: false,
        });
        const expected = allocate(inScope, amount, now.getTime());
        if (all.length > 0) expect(await hold(userId, amount)).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

test("each step of the switch lets jobs use what the one before it does, and more", () => {
  for (const [source, category] of origins) {
    const allowed = spendScopes.map((scope) => isInScope(scope, { source, category }));
    expect(allowed, source).toEqual(allowed.toSorted((a, b) => Number(a) - Number(b)));
    expect(allowed.slice(2), source).toEqual([true, true]);
  }
});
