import { randomUUID } from "node:crypto";
import {
  type Allocation,
  allocate,
  type Bucket,
  expiryAfterRelease,
  settle,
} from "@tintype/core/credits";
import { and, asc, eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { expireCredits, grantCredits } from "./credit-functions.ts";
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
const settleHold = (
  userId: string,
  jobId: string,
  holdSeq: number,
  capture: number,
  fault: "ours" | "users" = "ours",
  at = now,
) => {
  const actor = fault === "ours" ? "system" : "user";
  return database.db.execute(
    sql`select settle_hold(${userId}::uuid, ${jobId}::uuid, ${holdSeq}::bigint, ${capture}::bigint, ${actor}::actor_kind, 'test', 'test', ${at.toISOString()}::timestamptz)`,
  );
};

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
    captureShare: fc.integer({ min: 0, max: 1_000 }).map((share) => share / 1_000),
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

/** What is left of each grant, as the model and as the database see it. */
type Remains = {
  available: number;
  held: number;
  spent: number;
  expired: number;
  until: number | null;
};

async function remainsOf(userId: string): Promise<Map<string, Remains>> {
  const rows = await database.db.select().from(creditGrants).where(eq(creditGrants.userId, userId));
  return new Map(
    rows.map(({ id, available, held, spent, expired, expiresAt }) => [
      id,
      { available, held, spent, expired, until: expiresAt?.getTime() ?? null },
    ]),
  );
}

function expireIn(model: Map<string, Remains>, at: number): void {
  for (const grant of model.values()) {
    if (grant.until === null || grant.until > at) continue;
    grant.expired += grant.available;
    grant.available = 0;
  }
}

test("what comes back after its expiry gets 72 hours if the failure was ours, and is gone if the user cancelled", async () => {
  const scenario = fc.record({
    grants: fc.array(grantSpecs, { minLength: 1, maxLength: 5 }),
    amount: fc.integer({ min: 1, max: 60 }),
    captureShare: fc.constantFrom(0, 0, 0.4),
    settledAfterDays: fc.constantFrom(0, 2, 10, 40),
    fault: fc.constantFrom("ours" as const, "users" as const),
  });
  await fc.assert(
    fc.asyncProperty(
      scenario,
      async ({ grants, amount, captureShare, settledAfterDays, fault }) => {
        const userId = await newUser();
        for (const spec of grants) await grant(userId, spec);
        const model = await remainsOf(userId);
        const held = allocate(await bucketsOf(userId), amount, now.getTime());
        fc.pre(held !== null);
        const jobId = randomUUID();
        const holdSeq = (await holdCredits(userId, jobId, amount, now)) ?? 0;
        for (const slice of held) move(model, slice, "available", "held");

        const at = now.getTime() + settledAfterDays * day;
        const capture = Math.floor(amount * captureShare);
        await settleHold(userId, jobId, holdSeq, capture, fault, new Date(at));

        expireIn(model, at);
        const { captured, released } = settle(held, capture);
        for (const slice of captured) move(model, slice, "held", "spent");
        for (const slice of released) {
          const remains = move(model, slice, "held", "available");
          remains.until = expiryAfterRelease(remains.until, at, fault);
        }
        expireIn(model, at);
        expect(await remainsOf(userId)).toEqual(model);
      },
    ),
    { numRuns: 100 },
  );
});

type Account = Exclude<keyof Remains, "until">;
function move(model: Map<string, Remains>, slice: Allocation, from: Account, to: Account): Remains {
  const remains = model.get(slice.grantId);
  if (!remains) throw new Error(`the model has no grant ${slice.grantId}`);
  remains[from] -= slice.amount;
  remains[to] += slice.amount;
  return remains;
}

test("expiry is an event that says which grants ran out, and happens once however often it is asked for", async () => {
  const userId = await newUser();
  await grant(userId, { amount: 7, expiresInDays: 1 });
  await grant(userId, { amount: 4, expiresInDays: 2 });
  await grant(userId, { amount: 9 });
  const later = new Date(now.getTime() + 3 * day);

  const expired = await Promise.all(
    Array.from({ length: 6 }, () => expireCredits(database.db, { userId, now: later })),
  );

  expect(expired.map(Number).toSorted()).toEqual([0, 0, 0, 0, 0, 11]);
  expect(await entriesOf(userId, 4)).toMatchObject([
    { line: 1, amount: 7, fromAccount: "available", toAccount: "expired" },
    { line: 2, amount: 4, fromAccount: "available", toAccount: "expired" },
  ]);
  const [wallet] = await database.db.select().from(wallets).where(eq(wallets.userId, userId));
  expect(wallet).toMatchObject({ available: 9, held: 0, seq: 4 });
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
