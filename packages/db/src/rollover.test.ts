import { randomUUID } from "node:crypto";
import { reversalTargetOf, rolledOverTarget, rollOver } from "@tintype/core/credits";
import { and, asc, eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import {
  expireCredits,
  freezePayment,
  grantCredits,
  rollOverCredits,
  setPaymentReversed,
  takeCredits,
  unfreezePayment,
} from "./credit-functions.ts";
import { creditEvents, creditGrants, users, wallets } from "./schema/index.ts";
import { createTestDatabase, findViolations, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
});
afterAll(async () => {
  const books = await findViolations(database);
  await database.drop();
  // Holds are made here without a job, so what is said about jobs is not asked for.
  expect(books.filter((line) => !/^I[35] /.test(line))).toEqual([]);
});

const DAY = 86_400_000;
const start = new Date("2026-06-01T00:00:00Z");
const periodEnd = new Date(start.getTime() + 30 * DAY);
const nextEnd = new Date(periodEnd.getTime() + 30 * DAY);
const PAID_CENTS = 1_000;
const system = { actorKind: "system", actorId: "test" } as const;

async function newUser(): Promise<string> {
  const id = randomUUID();
  await database.db.insert(users).values({ id, email: `${id}@example.com`, createdAt: start });
  await database.db.insert(wallets).values({ userId: id, updatedAt: start });
  return id;
}

const allowance = (userId: string, amount: number, payment = "in_1") =>
  grantCredits(database.db, {
    ...system,
    userId,
    grantId: randomUUID(),
    source: "allowance",
    category: "paid",
    amount,
    idempotencyKey: `allowance:${payment}`,
    now: start,
    expiresAt: periodEnd,
    priority: 50,
    costBasisCents: PAID_CENTS,
    currency: "usd",
    paymentReference: payment,
    periodReference: "june",
    reason: null,
  });

const rollOverJune = (userId: string, cap: number, now = periodEnd) =>
  rollOverCredits(database.db, {
    userId,
    periodReference: "june",
    periodEnd,
    cap,
    nextPeriodReference: "july",
    expiresAt: nextEnd,
    now,
  });

const refund = (userId: string, cents: number, now: Date, payment = "in_1") =>
  setPaymentReversed(database.db, {
    ...system,
    userId,
    paymentReference: payment,
    reversedCents: cents,
    paidCents: PAID_CENTS,
    creditsToCome: 0,
    idempotencyKey: `refund:${payment}:${cents}:${now.getTime()}`,
    reason: "test",
    now,
  });

/** Holds so many credits, or all there are, and spends them at once or leaves them held. */
async function hold(userId: string, amount: number, now: Date) {
  const jobId = randomUUID();
  const at = now.toISOString();
  return database.db.transaction(async (tx) => {
    await tx.select().from(wallets).where(eq(wallets.userId, userId)).for("update");
    const [row] = await tx.execute<{ seq: string | null }>(
      sql`select hold_credits(${userId}::uuid, ${jobId}::uuid, ${amount}::bigint, 'user'::actor_kind, 'test', ${at}::timestamptz) as seq`,
    );
    if (row?.seq == null) throw new Error(`there are no ${amount} credits to hold`);
    const seq = Number(row.seq);
    return async (captured: number, actor: "system" | "user", then: Date) => {
      await database.db.execute(
        sql`select settle_hold(${userId}::uuid, ${jobId}::uuid, ${seq}::bigint, ${captured}::bigint, ${actor}::actor_kind, 'test', 'test', ${then.toISOString()}::timestamptz)`,
      );
    };
  });
}
const spend = async (userId: string, amount: number, now: Date) => {
  if (amount > 0) await (await hold(userId, amount, now))(amount, "system", now);
};

const grantsOf = (userId: string) =>
  database.db
    .select()
    .from(creditGrants)
    .where(eq(creditGrants.userId, userId))
    .orderBy(asc(creditGrants.issuedSeq), asc(creditGrants.paymentReference));
const walletOf = async (userId: string) => {
  const [wallet] = await database.db.select().from(wallets).where(eq(wallets.userId, userId));
  return { available: wallet?.available, held: wallet?.held, owed: wallet?.owed };
};

test("what is left of an allowance rolls over once, up to the cap, for one more period", async () => {
  const userId = await newUser();
  await allowance(userId, 100);
  await spend(userId, 30, start);
  expect(await rollOverJune(userId, 50, start)).toEqual({ outcome: "not_due", credits: 0 });
  const twice = await Promise.all([rollOverJune(userId, 50), rollOverJune(userId, 50)]);
  expect(twice.map(({ outcome }) => outcome).toSorted()).toEqual([
    "already_rolled_over",
    "rolled_over",
  ]);
  const [june, july] = await grantsOf(userId);
  expect(june).toMatchObject({ spent: 30, available: 0, expired: 70 });
  expect(july).toMatchObject({
    ...{ source: "rollover", category: "paid", amount: 50, available: 50, costBasisCents: 500 },
    ...{ expiresAt: nextEnd, rolledOverFrom: june?.id, paymentReference: "in_1" },
  });
  expect(await walletOf(userId)).toEqual({ available: 50, held: 0, owed: 0 });
  const [event] = await database.db
    .select()
    .from(creditEvents)
    .where(and(eq(creditEvents.userId, userId), eq(creditEvents.kind, "rollover")));
  expect(event).toMatchObject({ availableChange: -20, availableAfter: 50 });
});

test("a renewal that is told late gives back what had expired meanwhile; after its period too, for 72 hours", async () => {
  const [onTime, late, veryLate] = [await newUser(), await newUser(), await newUser()];
  for (const userId of [onTime, late, veryLate]) await allowance(userId, 100);
  await rollOverJune(onTime, 80);
  await expireCredits(database.db, { userId: late, now: periodEnd });
  expect(await walletOf(late)).toEqual({ available: 0, held: 0, owed: 0 });
  await rollOverJune(late, 80, new Date(periodEnd.getTime() + 20 * DAY));
  expect(await walletOf(late)).toEqual(await walletOf(onTime));
  const after = new Date(nextEnd.getTime() + DAY);
  await rollOverJune(veryLate, 80, after);
  const [, rolled] = await grantsOf(veryLate);
  expect(rolled?.expiresAt).toEqual(new Date(after.getTime() + 3 * DAY));
});

test("packs, rewards and what has rolled over once do not roll over; what an admin took does not come back", async () => {
  const userId = await newUser();
  await allowance(userId, 100);
  await grantCredits(database.db, {
    ...{ ...system, userId, grantId: randomUUID(), source: "purchase", category: "paid" },
    ...{ amount: 40, idempotencyKey: "pack", now: start, expiresAt: periodEnd, priority: 50 },
    ...{ costBasisCents: 0, currency: "usd", paymentReference: null, periodReference: "june" },
    reason: null,
  });
  const [june] = await grantsOf(userId);
  await takeCredits(database.db, {
    ...{ userId, grantId: june?.id ?? null, amount: 25, idempotencyKey: "adjustment:1" },
    ...{ actorKind: "admin", actorId: "a", reason: "granted twice by mistake", now: start },
  });
  expect(await rollOverJune(userId, 100)).toEqual({ outcome: "rolled_over", credits: 75 });
  const again = await rollOverCredits(database.db, {
    ...{ userId, periodReference: "july", periodEnd: nextEnd, cap: 100 },
    ...{ nextPeriodReference: "august", expiresAt: new Date(nextEnd.getTime() + 30 * DAY) },
    now: nextEnd,
  });
  expect(again).toEqual({ outcome: "nothing_left", credits: 0 });
});

test("taking more than there is takes nothing; taking again with the same key takes nothing more", async () => {
  // A pool whose connections are all open already, so that the calls really meet.
  await Promise.all(
    Array.from({ length: 8 }, () => database.db.execute(sql`select pg_sleep(0.02)`)),
  );
  for (let round = 0; round < 6; round += 1) {
    const userId = await newUser();
    await allowance(userId, 100);
    const call = {
      ...{ userId, grantId: null, idempotencyKey: "too much", reason: "a test" },
      ...{ actorKind: "admin" as const, actorId: "a", now: start },
    };
    const tooMuch = await takeCredits(database.db, { ...call, amount: 101 });
    expect(tooMuch).toEqual({ outcome: "insufficient_credits", available: 100 });
    const keys = Array.from({ length: 20 }, (_, index) => `adjustment:${Math.floor(index / 4)}`);
    const many = await Promise.all(
      keys.map((idempotencyKey) =>
        takeCredits(database.db, { ...call, amount: 30, idempotencyKey }),
      ),
    );
    expect(many.filter(({ outcome }) => outcome === "taken")).toHaveLength(3);
    expect(await walletOf(userId)).toEqual({ available: 10, held: 0, owed: 0 });
    // Refunded in full later: what was taken is gone, so it is not owed.
    await refund(userId, PAID_CENTS, start);
    expect(await walletOf(userId)).toEqual({ available: 0, held: 0, owed: 0 });
  }
});

test("credits that roll over while their payment is disputed stay frozen until it is decided", async () => {
  const userId = await newUser();
  await allowance(userId, 100);
  await expireCredits(database.db, { userId, now: periodEnd });
  await happen(userId, "dispute", 0, 0);
  await rollOverJune(userId, 100);
  expect(await walletOf(userId)).toEqual({ available: 0, held: 0, owed: 0 });
  await closeDispute(userId);
  expect(await walletOf(userId)).toEqual({ available: 100, held: 0, owed: 0 });
});

test("the cap is shared by the allowances of one period exactly as core says", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 }),
      fc.nat({ max: 120 }),
      fc.nat({ max: 60 }),
      async (amounts, cap, spent) => {
        const userId = await newUser();
        for (const [index, amount] of amounts.entries()) {
          await allowance(userId, amount, `in_${index}`);
        }
        await spend(userId, Math.min(spent, amounts[0] ?? 0), start);
        const expected = rollOver(
          (await grantsOf(userId)).map((row) => ({ ...row, remaining: row.available })),
          cap,
        );
        await rollOverJune(userId, cap);
        const rolled = (await grantsOf(userId)).filter(({ source }) => source === "rollover");
        expect(
          rolled.map(({ rolledOverFrom, amount }) => ({ grantId: rolledOverFrom, amount })),
        ).toEqual(expected);
      },
    ),
    { numRuns: 40, seed: 20_261_121 },
  );
});

type Happening = "expire" | "rollover" | "refund" | "dispute";
const happenings = fc.shuffledSubarray<Happening>(["expire", "rollover", "refund", "dispute"], {
  minLength: 4,
});

test("refund, dispute, expiry and rollover end the same in whatever order they come", async () => {
  const scenario = fc.record({
    orders: fc.tuple(happenings, happenings),
    spent: fc.nat({ max: 100 }),
    cap: fc.constantFrom(40, 100),
    cents: fc.constantFrom(100, 333, 500, 1_000),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ orders, spent, cap, cents }) => {
      const ends = [];
      for (const order of orders) {
        const userId = await newUser();
        await allowance(userId, 100);
        await spend(userId, spent, start);
        for (const happening of order) await happen(userId, happening, cap, cents);
        await closeDispute(userId);
        ends.push(await endOf(userId));
      }
      expect(ends[1]).toEqual(ends[0]);
      const end = ends[0];
      // What had not expired for good is taken first; that counts before anything is owed.
      const rolled = Math.min(cap, 100 - spent);
      const gone = 100 - spent - rolled;
      const target = reversalTargetOf(100, cents, PAID_CENTS);
      const owed = Math.max(0, target - rolled - gone);
      expect(end?.takenBack).toBe(Math.min(target, rolled) + owed);
      expect(end?.owed).toBe(owed);
    }),
    { numRuns: 60, seed: 20_261_121 },
  );
}, 240_000);

async function happen(userId: string, what: Happening, cap: number, cents: number) {
  const dispute = { userId, paymentReference: "in_1", reason: "test", now: periodEnd };
  if (what === "expire") await expireCredits(database.db, { userId, now: periodEnd });
  if (what === "rollover") await rollOverJune(userId, cap);
  if (what === "refund") await refund(userId, cents, periodEnd);
  if (what === "dispute") {
    await freezePayment(database.db, { ...dispute, idempotencyKey: "dispute:1" });
  }
}
const closeDispute = (userId: string) =>
  unfreezePayment(database.db, {
    ...{ userId, paymentReference: "in_1", reason: "won", now: periodEnd },
    idempotencyKey: "dispute:1:won",
  });

/** The sums of the allowance and of what rolled over from it. */
async function endOf(userId: string) {
  const grants = await grantsOf(userId);
  const sum = (column: "available" | "reversed" | "owed" | "spent") =>
    grants.reduce((total, grant) => total + grant[column], 0);
  return {
    available: sum("available"),
    spent: sum("spent") + sum("owed"),
    owed: sum("owed"),
    takenBack: sum("reversed") + sum("owed"),
  };
}

test("what a refund takes from a rollover follows the rule in core while jobs hold and give back", async () => {
  const scenario = fc.record({
    spent: fc.nat({ max: 40 }),
    pinned: fc.integer({ min: 1, max: 30 }),
    spentLater: fc.nat({ max: 20 }),
    cents: fc.constantFrom(100, 333, 500, 900, 1_000),
    nextCents: fc.constantFrom(0, 250, 1_000),
    captured: fc.nat({ max: 30 }),
    actor: fc.constantFrom("system" as const, "user" as const),
  });
  await fc.assert(
    fc.asyncProperty(
      scenario,
      async ({ spent, pinned, spentLater, cents, nextCents, captured, actor }) => {
        const userId = await newUser();
        await allowance(userId, 100);
        await spend(userId, spent, start);
        const settle = await hold(userId, pinned, start);
        await rollOverJune(userId, 100);
        await spend(userId, Math.min(spentLater, 100 - spent - pinned), periodEnd);
        await refund(userId, cents, periodEnd);
        await settle(Math.min(captured, pinned), actor, periodEnd);
        await refund(userId, nextCents, new Date(periodEnd.getTime() + 1));
        const [june, july] = await grantsOf(userId);
        if (!june || !july) throw new Error("an allowance and a rollover were expected");
        expect(june.reversalTarget).toBe(reversalTargetOf(100, nextCents, PAID_CENTS));
        expect(july.reversalTarget).toBe(rolledOverTarget(june, july.amount));
        const used = june.spent + july.spent - june.owed - july.owed;
        expect(used).toBeLessThanOrEqual(100 - june.reversalTarget);
        if (nextCents === 0) expect(june.reversed + july.reversed + june.owed + july.owed).toBe(0);
      },
    ),
    { numRuns: 60, seed: 20_261_121 },
  );
}, 240_000);
