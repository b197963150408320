import { randomUUID } from "node:crypto";
import {
  type Allocation,
  allocate,
  expiryAfterRelease,
  type GrantState,
  reversalTransfers,
  settle,
  usableCredits,
} from "@tintype/core/credits";
import { repayments } from "@tintype/core/debt";
import { pooledTargetOf, poolReversal } from "@tintype/core/pooled-reversal";
import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import {
  expireCredits,
  freezePayment,
  grantCredits,
  setPaymentReversed,
  unfreezePayment,
} from "./credit-functions.ts";
import { creditGrants, users, wallets } from "./schema/index.ts";
import { createTestDatabase, findViolations, type TestDatabase } from "./testing.ts";

/**
 * Random lives of one wallet, told to the SQL functions and to the rules in core alike: after every step both
 * must see the same grants. Jobs are left out here, so invariants about jobs are not asked for.
 */
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
});
afterAll(() => database.drop());

const start = new Date("2026-06-01T12:00:00Z").getTime();
const HOUR = 3_600_000;
const PAID_CENTS = 1_000;

type Grant = GrantState & {
  id: string;
  amount: number;
  payment: string;
  issuedSeq: number;
  expiresAt: number | null;
  isFrozen: boolean;
};
type Hold = { jobId: string; seq: number; allocations: Allocation[] };
type Account = Exclude<keyof GrantState, "reversalTarget">;

class World {
  readonly userId = randomUUID();
  readonly grants: Grant[] = [];
  readonly holds: Hold[] = [];
  now = start;
  keys = 0;

  at = () => new Date(this.now);
  key = (what: string) => {
    this.keys += 1;
    return `${what}:${this.keys}`;
  };
  grant = (id: string): Grant => {
    const found = this.grants.find((each) => each.id === id);
    if (!found) throw new Error(`the model has no grant ${id}`);
    return found;
  };
  move = (grant: Grant, from: Account, to: Account, amount: number) => {
    grant[from] -= amount;
    grant[to] += amount;
  };
  expire = () => {
    for (const grant of this.grants) {
      if (grant.expiresAt !== null && grant.expiresAt <= this.now) {
        this.move(grant, "available", "expired", grant.available);
      }
    }
  };
  ofPayment = (payment: string) => this.grants.filter((grant) => grant.payment === payment);
  /** What a payment takes, divided among its grants. */
  pool = (payment: string, total: number) => {
    for (const [id, target] of poolReversal(this.ofPayment(payment), total)) {
      const grant = this.grant(id);
      if (target === grant.reversalTarget) continue;
      const comesBack = grant.reversed > 0 && target < grant.reversed + grant.owed;
      if (comesBack) grant.expiresAt = expiryAfterRelease(grant.expiresAt, this.now, "ours");
      grant.reversalTarget = target;
    }
  };
  /** Whether a payment of these grants is disputed or wants more than it has got back. */
  isReversed = (grants: readonly Grant[]) =>
    grants.some(
      ({ payment, isFrozen }) =>
        isFrozen ||
        this.ofPayment(payment).some(({ reversalTarget, reversed }) => reversalTarget > reversed),
    );
  reverse = () => {
    for (const payment of new Set(this.grants.map((grant) => grant.payment))) {
      const targets = this.ofPayment(payment).map(({ reversalTarget }) => reversalTarget);
      this.pool(
        payment,
        targets.reduce((sum, target) => sum + target, 0),
      );
    }
    for (const grant of this.grants) {
      for (const { from, to, amount } of reversalTransfers(grant)) {
        this.move(grant, from as Account, to as Account, amount);
      }
    }
  };
  freeze = () => {
    for (const grant of this.grants) {
      if (grant.isFrozen) this.move(grant, "available", "frozen", grant.available);
    }
  };
  repay = () => {
    for (const { grantId, from, to, amount } of repayments(this.buckets(), this.now)) {
      this.move(this.grant(grantId), from as Account, to as Account, amount);
    }
  };
  buckets = () =>
    this.grants.map((grant) => ({
      ...{ ...grant, priority: 50, category: "paid" as const },
      ...{ costBasisCents: PAID_CENTS, effectiveAt: start },
    }));
  sum = (account: Account) => this.grants.reduce((total, grant) => total + grant[account], 0);
  spendable = () => usableCredits(this.buckets(), this.now);
}

const system = { actorKind: "system", actorId: "test" } as const;
const paymentOf = (index: number) => `payment-${index}`;

type Step =
  | { do: "grant"; amount: number; payment: number; expiresInHours: number | null }
  | { do: "hold"; amount: number }
  | { do: "settle"; which: number; share: number; fault: "ours" | "users" }
  | { do: "reverse"; payment: number; cents: number; toCome: number }
  | { do: "freeze" | "unfreeze"; payment: number }
  | { do: "wait"; hours: number }
  | { do: "expire" };

const payments = fc.nat({ max: 1 });
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("grant" as const),
      amount: fc.integer({ min: 1, max: 30 }),
      payment: payments,
      expiresInHours: fc.constantFrom(null, 5, 5, 100),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("hold" as const),
      amount: fc.integer({ min: 1, max: 25 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      which: fc.nat({ max: 5 }),
      share: fc.constantFrom(0, 0.5, 1, 1),
      fault: fc.constantFrom("ours" as const, "users" as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("reverse" as const),
      payment: payments,
      cents: fc.constantFrom(0, 250, 333, 1_000, 1_200),
      toCome: fc.constantFrom(0, 0, 7, 30),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("freeze" as const, "unfreeze" as const),
      payment: payments,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("wait" as const), hours: fc.constantFrom(1, 6, 80) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "expire" as const }) },
);

async function take(world: World, step: Step): Promise<void> {
  switch (step.do) {
    case "grant":
      return giveGrant(world, step);
    case "hold":
      return holdCredits(world, step.amount);
    case "settle":
      return settleHold(world, step);
    case "reverse":
      return reversePayment(world, step);
    case "freeze":
    case "unfreeze":
      return changeDispute(world, step);
    case "wait":
      world.now += step.hours * HOUR;
      return;
    case "expire":
      await expireCredits(database.db, { userId: world.userId, now: world.at() });
      world.expire();
  }
}

async function giveGrant(world: World, step: Extract<Step, { do: "grant" }>): Promise<void> {
  const id = randomUUID();
  const expiresAt = step.expiresInHours === null ? null : world.now + step.expiresInHours * HOUR;
  const { seq } = await grantCredits(database.db, {
    ...system,
    userId: world.userId,
    grantId: id,
    source: "purchase",
    category: "paid",
    amount: step.amount,
    idempotencyKey: world.key("grant"),
    now: world.at(),
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
    priority: 50,
    costBasisCents: PAID_CENTS,
    currency: "usd",
    paymentReference: paymentOf(step.payment),
    periodReference: null,
    reason: null,
  });
  const empty = { available: 0, held: 0, spent: 0, expired: 0, frozen: 0, reversed: 0, owed: 0 };
  const grant: Grant = {
    ...empty,
    id,
    amount: step.amount,
    available: step.amount,
    payment: paymentOf(step.payment),
    issuedSeq: seq,
    expiresAt,
    isFrozen: false,
    reversalTarget: 0,
  };
  world.grants.push(grant);
  world.repay();
}

async function holdCredits(world: World, amount: number): Promise<void> {
  const jobId = randomUUID();
  const seq = await database.db.transaction(async (tx) => {
    await tx.select().from(wallets).where(eq(wallets.userId, world.userId)).for("update");
    const [row] = await tx.execute<{ seq: string | null }>(
      sql`select hold_credits(${world.userId}::uuid, ${jobId}::uuid, ${amount}::bigint, 'user'::actor_kind, 'test', ${world.at().toISOString()}::timestamptz) as seq`,
    );
    return row?.seq == null ? null : Number(row.seq);
  });
  world.expire();
  const allocations = allocate(world.buckets(), amount, world.now);
  expect(seq === null).toBe(allocations === null);
  if (allocations === null || seq === null) return;
  for (const slice of allocations) {
    world.move(world.grant(slice.grantId), "available", "held", slice.amount);
  }
  world.holds.push({ jobId, seq, allocations });
}

async function settleHold(world: World, step: Extract<Step, { do: "settle" }>): Promise<void> {
  const [hold] = world.holds.splice(step.which % Math.max(1, world.holds.length), 1);
  if (!hold) return;
  const total = hold.allocations.reduce((sum, { amount }) => sum + amount, 0);
  const capture = Math.floor(total * step.share);
  const actor = step.fault === "ours" ? "system" : "user";
  await database.db.execute(
    sql`select settle_hold(${world.userId}::uuid, ${hold.jobId}::uuid, ${hold.seq}::bigint, ${capture}::bigint, ${actor}::actor_kind, 'test', 'test', ${world.at().toISOString()}::timestamptz)`,
  );
  world.expire();
  const { captured, released } = settle(hold.allocations, capture);
  for (const slice of captured)
    world.move(world.grant(slice.grantId), "held", "spent", slice.amount);
  for (const slice of released) {
    const grant = world.grant(slice.grantId);
    world.move(grant, "held", "available", slice.amount);
    grant.expiresAt = expiryAfterRelease(grant.expiresAt, world.now, step.fault);
  }
  if (world.isReversed(hold.allocations.map(({ grantId }) => world.grant(grantId)))) {
    world.reverse();
  }
  world.freeze();
  if (released.length > 0 && step.fault === "users") world.expire();
  world.repay();
}

async function reversePayment(world: World, step: Extract<Step, { do: "reverse" }>): Promise<void> {
  const paymentReference = paymentOf(step.payment);
  const call = {
    ...system,
    userId: world.userId,
    paymentReference,
    reversedCents: step.cents,
    paidCents: PAID_CENTS,
    creditsToCome: step.toCome,
    idempotencyKey: world.key("reversal"),
    reason: "test",
    now: world.at(),
  };
  // Told twice at once, as webhooks do.
  await Promise.all([setPaymentReversed(database.db, call), setPaymentReversed(database.db, call)]);
  world.expire();
  const granted = world.ofPayment(paymentReference).reduce((sum, { amount }) => sum + amount, 0);
  world.pool(paymentReference, pooledTargetOf(granted, step.toCome, step.cents, PAID_CENTS));
  world.reverse();
  world.freeze();
  world.repay();
}

async function changeDispute(
  world: World,
  step: Extract<Step, { do: "freeze" | "unfreeze" }>,
): Promise<void> {
  const paymentReference = paymentOf(step.payment);
  const change = step.do === "freeze" ? freezePayment : unfreezePayment;
  const call = {
    userId: world.userId,
    paymentReference,
    idempotencyKey: world.key(step.do),
    reason: "test",
    now: world.at(),
  };
  await Promise.all([change(database.db, call), change(database.db, call)]);
  if (step.do === "freeze") world.expire();
  for (const grant of world.grants.filter(({ payment }) => payment === paymentReference)) {
    grant.isFrozen = step.do === "freeze";
    if (step.do === "freeze") continue;
    if (grant.frozen > 0) grant.expiresAt = expiryAfterRelease(grant.expiresAt, world.now, "ours");
    world.move(grant, "frozen", "available", grant.frozen);
  }
  world.freeze();
  if (step.do === "unfreeze") world.repay();
}

/** What the database says about the same grants. */
async function stateOf(world: World): Promise<Grant[]> {
  const rows = await database.db
    .select()
    .from(creditGrants)
    .where(eq(creditGrants.userId, world.userId));
  return rows
    .toSorted((a, b) => a.issuedSeq - b.issuedSeq)
    .map((row) => ({
      id: row.id,
      amount: row.amount,
      payment: row.paymentReference ?? "",
      issuedSeq: row.issuedSeq,
      expiresAt: row.expiresAt?.getTime() ?? null,
      isFrozen: row.frozenSince !== null,
      reversalTarget: row.reversalTarget,
      available: row.available,
      held: row.held,
      spent: row.spent,
      expired: row.expired,
      frozen: row.frozen,
      reversed: row.reversed,
      owed: row.owed,
    }));
}

const LIVES_TIMEOUT_MS = 60_000;

test(
  "a wallet lives the same life in SQL and in core, whatever happens to it in whatever order",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(steps, { minLength: 10, maxLength: 30, size: "max" }),
        async (life) => {
          const world = new World();
          const { userId } = world;
          await database.db
            .insert(users)
            .values({ id: userId, email: `${userId}@example.com`, createdAt: world.at() });
          await database.db.insert(wallets).values({ userId, updatedAt: world.at() });
          for (const step of life) {
            await take(world, step);
            expect(await stateOf(world), JSON.stringify(step)).toEqual(world.grants);
            // No job waits for a debt to be paid while there are credits that could pay it.
            if (world.sum("owed") > 0) expect(world.spendable(), JSON.stringify(step)).toBe(0);
          }
          // Nobody has used more than they have paid for, beyond what is still to be settled or owed.
          for (const grant of world.grants) {
            const used = grant.spent - grant.owed;
            expect(used).toBeLessThanOrEqual(grant.amount);
            if (grant.held === 0 && grant.reversalTarget > 0) {
              expect(used).toBeLessThanOrEqual(grant.amount - grant.reversalTarget);
            }
          }
        },
      ),
      { numRuns: 120, seed: 20_261_121 },
    );
    const books = await findViolations(database);
    expect(books.filter((line) => !/^I[35] /.test(line))).toEqual([]);
  },
  LIVES_TIMEOUT_MS,
);
