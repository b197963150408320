import { randomUUID } from "node:crypto";
import { type Allocation, allocate, type Bucket, settle } from "@tintype/core/credits";
import { and, asc, eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { grantCredits } from "./functions.ts";
import { creditEntries, creditEvents, creditGrants, users, wallets } from "./schema/index.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
});
afterAll(() => database.drop());

const now = new Date("2026-06-01T12:00:00Z");
const day = 86_400_000;

async function newUser(): Promise<string> {
  const id = randomUUID();
  await database.db.insert(users).values({ id, email: `${id}@example.com`, createdAt: now });
  return id;
}

type GrantSpec = {
  amount: number;
  priority: number;
  category: "paid" | "promo";
  costBasisCents: number;
  expiresInDays: number | null;
};
const grant = (userId: string, spec: Partial<GrantSpec> & { key?: string; grantId?: string }) => {
  const { amount = 10, expiresInDays = null } = spec;
  return grantCredits(database.db, {
    userId,
    grantId: spec.grantId ?? randomUUID(),
    source: "purchase",
    category: spec.category ?? "paid",
    amount,
    idempotencyKey: spec.key ?? randomUUID(),
    actorKind: "system",
    actorId: "test",
    now,
    expiresAt: expiresInDays === null ? null : new Date(now.getTime() + expiresInDays * day),
    priority: spec.priority ?? 50,
    costBasisCents: spec.costBasisCents ?? 0,
    currency: "usd",
    paymentReference: null,
    periodReference: null,
    reason: null,
  });
};

/** Holds and settles outside of any job, to compare the ledger alone with its model. */
async function holdCredits(userId: string, jobId: string, amount: number, at: Date) {
  return database.db.transaction(async (tx) => {
    await tx.select().from(wallets).where(eq(wallets.userId, userId)).for("update");
    const [row] = await tx.execute<{ seq: string | null }>(
      sql`select hold_credits(${userId}::uuid, ${jobId}::uuid, ${amount}::bigint, 'user'::actor_kind, ${userId}::text, ${at.toISOString()}::timestamptz) as seq`,
    );
    return row?.seq == null ? null : Number(row.seq);
  });
}
const settleHold = (userId: string, jobId: string, holdSeq: number, capture: number) =>
  database.db.execute(
    sql`select settle_hold(${userId}::uuid, ${jobId}::uuid, ${holdSeq}::bigint, ${capture}::bigint, 'system'::actor_kind, 'test', 'test', ${now.toISOString()}::timestamptz)`,
  );

const entriesOf = (userId: string, seq: number) =>
  database.db
    .select()
    .from(creditEntries)
    .where(and(eq(creditEntries.userId, userId), eq(creditEntries.eventSeq, seq)))
    .orderBy(asc(creditEntries.line));

async function bucketsOf(userId: string): Promise<Bucket[]> {
  const rows = await database.db.select().from(creditGrants).where(eq(creditGrants.userId, userId));
  return rows.map((row) => ({
    ...row,
    effectiveAt: row.effectiveAt.getTime(),
    expiresAt: row.expiresAt?.getTime() ?? null,
  }));
}

const grantSpecs = fc.record({
  amount: fc.integer({ min: 1, max: 40 }),
  priority: fc.constantFrom(10, 50, 50, 50, 90),
  category: fc.constantFrom("paid" as const, "promo" as const),
  costBasisCents: fc.constantFrom(0, 100, 900),
  expiresInDays: fc.constantFrom(null, 1, 1, 7, 30),
});

test("the SQL functions burn, capture and release exactly as the pure model in core does", async () => {
  const scenario = fc.record({
    grants: fc.array(grantSpecs, { minLength: 1, maxLength: 6 }),
    amount: fc.integer({ min: 1, max: 150 }),
    captureShare: fc.double({ min: 0, max: 1, noNaN: true }),
    laterDays: fc.constantFrom(0, 0, 2, 10),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ grants, amount, captureShare, laterDays }) => {
      const userId = await newUser();
      for (const spec of grants) await grant(userId, spec);
      const at = new Date(now.getTime() + laterDays * day);
      const expected = allocate(await bucketsOf(userId), amount, at.getTime());

      const jobId = randomUUID();
      const holdSeq = await holdCredits(userId, jobId, amount, at);
      if (expected === null || holdSeq === null) {
        expect(holdSeq).toBe(expected);
        return;
      }
      const held: Allocation[] = (await entriesOf(userId, holdSeq)).map(toAllocation);
      expect(held).toEqual(expected);

      const capture = Math.floor(amount * captureShare);
      const settlement = settle(expected, capture);
      await settleHold(userId, jobId, holdSeq, capture);
      const lines = await entriesOf(userId, holdSeq + 1);
      expect(lines.filter((line) => line.toAccount === "spent").map(toAllocation)).toEqual(
        settlement.captured,
      );
      expect(lines.filter((line) => line.toAccount === "available").map(toAllocation)).toEqual(
        settlement.released,
      );
    }),
    { numRuns: 150 },
  );
});

const toAllocation = ({ grantId, amount }: { grantId: string; amount: number }): Allocation => ({
  grantId,
  amount,
});

test("the same grant twice at once is granted once", async () => {
  const userId = await newUser();
  const outcomes = await Promise.all(
    Array.from({ length: 8 }, () => grant(userId, { amount: 7, key: "payment:1" })),
  );
  expect(outcomes.filter(({ outcome }) => outcome === "granted")).toHaveLength(1);
  const [wallet] = await database.db.select().from(wallets).where(eq(wallets.userId, userId));
  expect(wallet).toMatchObject({ available: 7, held: 0, seq: 1 });
});

test("a hold ends once: the second settlement is refused and moves nothing", async () => {
  const userId = await newUser();
  await grant(userId, { amount: 10 });
  const jobId = randomUUID();
  const holdSeq = await holdCredits(userId, jobId, 6, now);
  await settleHold(userId, jobId, holdSeq ?? 0, 6);
  await expect(settleHold(userId, jobId, holdSeq ?? 0, 0)).rejects.toThrow();
  const [wallet] = await database.db.select().from(wallets).where(eq(wallets.userId, userId));
  expect(wallet).toMatchObject({ available: 4, held: 0, seq: 3 });
});

test("a hold ends once even while another hold would cover a second settlement", async () => {
  const userId = await newUser();
  await grant(userId, { amount: 20 });
  const [first, second] = [randomUUID(), randomUUID()];
  const holdSeq = (await holdCredits(userId, first, 6, now)) ?? 0;
  await holdCredits(userId, second, 6, now);
  await settleHold(userId, first, holdSeq, 0);
  for (const capture of [0, 6]) {
    await expect(settleHold(userId, first, holdSeq, capture)).rejects.toMatchObject({
      cause: { constraint_name: "credit_events_idempotency_key" },
    });
  }
  const [wallet] = await database.db.select().from(wallets).where(eq(wallets.userId, userId));
  expect(wallet).toMatchObject({ available: 14, held: 6 });
});

test("eight different grants at once are all granted, one after another", async () => {
  const userId = await newUser();
  await grant(userId, { amount: 1 });
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => grant(userId, { amount: 2 })));
  expect(outcomes.map(({ seq }) => seq).toSorted((a, b) => a - b)).toEqual([
    2, 3, 4, 5, 6, 7, 8, 9,
  ]);
  const [wallet] = await database.db.select().from(wallets).where(eq(wallets.userId, userId));
  expect(wallet).toMatchObject({ available: 17, seq: 9 });
});

test("capturing more than is held is refused", async () => {
  const userId = await newUser();
  await grant(userId, { amount: 10 });
  const jobId = randomUUID();
  const holdSeq = await holdCredits(userId, jobId, 6, now);
  await expect(settleHold(userId, jobId, holdSeq ?? 0, 7)).rejects.toThrow();
});

test("the history cannot be changed or deleted by the application, and not by the owner either", async () => {
  const userId = await newUser();
  await grant(userId, {});
  const attempts = (run: TestDatabase["db"]) => [
    run.update(creditEvents).set({ reason: "x" }).where(eq(creditEvents.userId, userId)),
    run.delete(creditEvents).where(eq(creditEvents.userId, userId)),
    run.update(creditEntries).set({ amount: 99 }).where(eq(creditEntries.userId, userId)),
    run.delete(creditEntries).where(eq(creditEntries.userId, userId)),
    run.execute(sql`truncate credit_entries`),
  ];
  for (const attempt of attempts(database.db)) {
    await expect(attempt).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/permission denied/) },
    });
  }
  const owner = (await import("./client.ts")).connect(database.url, { role: null });
  try {
    for (const attempt of attempts(owner.db)) {
      await expect(attempt).rejects.toMatchObject({
        cause: { message: expect.stringMatching(/append-only/) },
      });
    }
  } finally {
    await owner.close();
  }
});

test("a wallet can never go below zero, whatever a query tries", async () => {
  const userId = await newUser();
  await grant(userId, { amount: 3 });
  await expect(
    database.db.update(wallets).set({ available: -1 }).where(eq(wallets.userId, userId)),
  ).rejects.toMatchObject({ cause: { constraint_name: "wallets_available_not_negative" } });
});
