import { randomUUID } from "node:crypto";
import { eq, type SQL, sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { connect, type DatabaseConnection, type Tx } from "./client.ts";
import {
  checkNewCredits,
  syncUserCredits,
  validateCreditsConsistency,
  validateUserCredits,
} from "./consistency.ts";
import { grantCredits } from "./credit-functions.ts";
import { creditChecks, generationJobs, users, wallets } from "./schema/index.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
/** May do what the application may not: damage the books. */
let owner: DatabaseConnection;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  owner = connect(database.url, { role: null });
});
afterAll(async () => {
  await owner.close();
  await database.drop();
});

const now = new Date("2026-06-01T12:00:00Z");
const at = sql`${now.toISOString()}::timestamptz`;

async function newUser(): Promise<string> {
  const id = randomUUID();
  await database.db.insert(users).values({ id, email: `${id}@example.com`, createdAt: now });
  return id;
}

const grant = (userId: string, amount: number) =>
  grantCredits(database.db, {
    userId,
    grantId: randomUUID(),
    source: "purchase",
    category: "paid",
    amount,
    idempotencyKey: randomUUID(),
    actorKind: "system",
    actorId: "test",
    now,
    expiresAt: null,
    priority: 50,
    costBasisCents: 0,
    currency: "usd",
    paymentReference: null,
    periodReference: null,
    reason: null,
  });

/** A job as the ledger sees it; its photo and its price row are of no interest here. */
async function job(userId: string, credits: number, captured: number | null): Promise<void> {
  const id = randomUUID();
  await owner.db.transaction(async (tx) => {
    const [row] = await tx.execute<{ seq: string }>(
      sql`select hold_credits(${userId}::uuid, ${id}::uuid, ${credits}::bigint, 'user', 'test', ${at}) as seq`,
    );
    const holdSeq = Number(row?.seq);
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.insert(generationJobs).values({
      userId,
      id,
      kind: "image",
      status: "queued",
      settings: sql`'{}'::jsonb`,
      requestHash: "x",
      inputAssetId: randomUUID(),
      provider: "local",
      priceId: randomUUID(),
      unit: "image",
      units: 1,
      milliCreditsPerUnit: 1_000,
      multiplierPercent: 100,
      cancelFeePercent: 0,
      credits,
      holdSeq,
      maxAttempts: 1,
      availableAt: now,
      createdAt: now,
      deadlineAt: now,
    });
    if (captured === null) return;
    const [settled] = await tx.execute<{ seq: string }>(
      sql`select settle_hold(${userId}::uuid, ${id}::uuid, ${holdSeq}::bigint, ${captured}::bigint, 'system', 'test', 'test', ${at}) as seq`,
    );
    await tx
      .update(generationJobs)
      .set({ status: "completed", chargedCredits: captured, settleSeq: Number(settled?.seq) })
      .where(eq(generationJobs.id, id));
  });
}

/** Two grants, a job over both of them that came half, one given back, one running: every usual move. */
async function usedWallet(): Promise<string> {
  const userId = await newUser();
  await grant(userId, 10);
  await grant(userId, 20);
  await job(userId, 14, 7);
  await job(userId, 4, 0);
  await job(userId, 3, null);
  return userId;
}

class Undone extends Error {}
/** Damages the books as their owner, looks, and takes it all back. */
async function withDamage(damage: SQL, look: (tx: Tx) => Promise<void>): Promise<void> {
  const done = owner.db.transaction(async (tx) => {
    await tx.execute(sql`alter table wallets drop constraint wallets_available_not_negative`);
    await tx.execute(
      sql`alter table credit_grants drop constraint credit_grants_accounts_not_negative`,
    );
    await tx.execute(sql`alter table credit_grants drop constraint credit_grants_accounts_add_up`);
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.execute(damage);
    await tx.execute(sql`set local session_replication_role = origin`);
    await look(tx);
    throw new Undone();
  });
  await expect(done).rejects.toThrow(Undone);
}

/** The grant that came with this event. */
const grantOf = (user: string, seq: number) =>
  sql`(select id from credit_grants where user_id = ${user}::uuid and issued_seq = ${seq})`;

type Damage = { name: string; rule: string; isProjection?: true; damage: (user: string) => SQL };
const damages: Damage[] = [
  ...(["available", "held", "owed"] as const).map(
    (account): Damage => ({
      name: `a wallet has more ${account} than its entries`,
      rule: "I1 wallet",
      isProjection: true,
      damage: (user) =>
        sql`update wallets set ${sql.raw(`${account} = ${account} + 1`)} where user_id = ${user}::uuid`,
    }),
  ),
  ...(["held", "spent", "expired", "frozen", "reversed", "owed"] as const).map(
    (account): Damage => ({
      name: `a credit of a grant stands in ${account} by mistake`,
      rule: "I1 grant",
      isProjection: true,
      damage: (user) =>
        sql`update credit_grants set ${sql.raw(`available = available - 1, ${account} = ${account} + 1`)} where id = ${grantOf(user, 2)}`,
    }),
  ),
  {
    name: "two grants have swapped a credit, so that no sum tells",
    rule: "I1 grant",
    isProjection: true,
    damage: (user) => sql`update credit_grants
      set available = available + case issued_seq when 1 then 1 else -1 end,
        spent = spent - case issued_seq when 1 then 1 else -1 end
      where user_id = ${user}::uuid`,
  },
  {
    name: "an entry has another amount",
    rule: "I1 grant",
    damage: (user) =>
      sql`update credit_entries set amount = amount + 1 where user_id = ${user}::uuid and event_seq = 7`,
  },
  {
    name: "an entry names another grant",
    rule: "I1 grant",
    damage: (user) =>
      sql`update credit_entries set grant_id = ${grantOf(user, 2)} where user_id = ${user}::uuid and event_seq = 7`,
  },
  {
    name: "an entry is gone",
    rule: "I4 broken balance chain",
    damage: (user) =>
      sql`delete from credit_entries where user_id = ${user}::uuid and event_seq = 7`,
  },
  {
    name: "more was spent than there was: wallet, grant, event and entry agree on less than nothing",
    rule: "I2",
    damage: (user) => sql`with w as (
        update wallets set available = available - 100, seq = seq + 1 where user_id = ${user}::uuid returning *
      ), e as (
        insert into credit_events select user_id, seq, 'expire', 'x', null, 'system', 'x', null, -100, available, held, owed, updated_at from w
      ), l as (
        insert into credit_entries select user_id, seq, 1, ${grantOf(user, 2)}, 100, 'available', 'expired' from w
      ) update credit_grants set available = available - 100, expired = expired + 100 where id = ${grantOf(user, 2)}`,
  },
  {
    name: "a job has ended and nobody settled it",
    rule: "I3",
    damage: (user) =>
      sql`update generation_jobs set status = 'failed', charged_credits = 0 where user_id = ${user}::uuid and status = 'queued'`,
  },
  {
    name: "an event and its entries are gone",
    rule: "I4 gap",
    damage: (user) => sql`with l as (
        delete from credit_entries where user_id = ${user}::uuid and event_seq = 3
      ) delete from credit_events where user_id = ${user}::uuid and seq = 3`,
  },
  ...(["available_change", "available_after", "held_after", "owed_after"] as const).map(
    (column): Damage => ({
      name: `an event says another ${column}`,
      rule: "I4 broken balance chain",
      damage: (user) =>
        sql`update credit_events set ${sql.raw(`${column} = ${column} + 1`)} where user_id = ${user}::uuid and seq = 4`,
    }),
  ),
  {
    name: "a wallet's version is ahead of its events",
    rule: "I4 wallet version",
    isProjection: true,
    damage: (user) => sql`update wallets set seq = seq + 1 where user_id = ${user}::uuid`,
  },
  {
    name: "a job was settled twice",
    rule: "I5 not exactly one settlement",
    damage: (user) =>
      sql`update credit_events set job_id = (select job_id from credit_events where user_id = ${user}::uuid and seq = 4)
        where user_id = ${user}::uuid and seq = 6`,
  },
  {
    name: "two jobs name one hold",
    rule: "I5 not exactly one hold",
    damage: (user) =>
      sql`update generation_jobs set hold_seq = 3 where user_id = ${user}::uuid and hold_seq = 5`,
  },
  {
    name: "a job was charged another amount than was spent",
    rule: "I5 charged",
    damage: (user) =>
      sql`update generation_jobs set charged_credits = charged_credits + 1 where user_id = ${user}::uuid and charged_credits = 7`,
  },
  {
    name: "a job costs another amount than was held",
    rule: "I5 held",
    damage: (user) =>
      sql`update generation_jobs set credits = credits + 1 where user_id = ${user}::uuid and hold_seq = 3`,
  },
  {
    name: "a job is gone and its hold is still there",
    rule: "I5 hold or settlement without a job",
    damage: (user) =>
      sql`delete from generation_jobs where user_id = ${user}::uuid and hold_seq = 7`,
  },
];

test.each(damages)("found by both proofs: $name", async ({ rule, damage, isProjection }) => {
  const userId = await usedWallet();
  const neighbour = await usedWallet();
  await withDamage(damage(userId), async (tx) => {
    const all = await validateCreditsConsistency(tx);
    expect(all.map(({ invariant }) => invariant)).toContainEqual(expect.stringContaining(rule));
    expect(all.filter((row) => row.userId !== null).every((row) => row.userId === userId)).toBe(
      true,
    );
    expect(all.filter((row) => row.userId !== null)).toEqual(await validateUserCredits(tx, userId));
    expect(await validateUserCredits(tx, neighbour)).toEqual([]);

    const fresh = await checkNewCredits(tx, 1_000);
    expect(fresh.violations.every((row) => row.userId === userId)).toBe(true);
    expect(fresh.violations.map(({ invariant }) => invariant)).toContainEqual(
      expect.stringContaining(rule),
    );
    const checked = await tx.select().from(creditChecks);
    expect(checked.map((row) => row.userId)).toContain(neighbour);
    expect(checked.map((row) => row.userId)).not.toContain(userId);

    if (!isProjection) return;
    expect(await syncUserCredits(tx, userId)).not.toEqual([]);
    expect(await validateCreditsConsistency(tx)).toEqual([]);
    expect(await syncUserCredits(tx, userId)).toEqual([]);
  });
});

test("I10 credits that nobody issued are missed in the sum over all users", async () => {
  const userId = await usedWallet();
  const damage = sql`update wallets set available = available + 5 where user_id = ${userId}::uuid`;
  await withDamage(damage, async (tx) => {
    const [row] = (await validateCreditsConsistency(tx)).filter((each) => each.userId === null);
    expect(row?.invariant).toContain("I10");
    expect(Number(row?.actual) - Number(row?.expected)).toBe(5);
  });
});

test("clean wallets of any history give no violation, whichever weights are drawn", async () => {
  const jobs = fc.array(
    fc.record({ credits: fc.nat(9), share: fc.constantFrom(null, 0, 0.4, 1) }),
    {
      maxLength: 6,
    },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 4 }),
      jobs,
      async (amounts, wanted) => {
        const userId = await newUser();
        let left = amounts.reduce((sum, amount) => sum + amount, 0);
        for (const amount of amounts) await grant(userId, amount);
        for (const { credits, share } of wanted) {
          const captured = share === null ? null : Math.floor(credits * share);
          if (amounts.length === 0 || credits > left) continue;
          await job(userId, credits, captured);
          left -= captured ?? credits;
        }
        expect(await validateUserCredits(database.db, userId)).toEqual([]);
      },
    ),
    { numRuns: 20 },
  );
  for (let run = 0; run < 20; run++) {
    expect(await validateCreditsConsistency(database.db)).toEqual([]);
  }
});

test("the proof of what is new reads only that, and goes on where it ended", async () => {
  const [quiet, busy] = [await usedWallet(), await usedWallet()];
  expect((await checkNewCredits(database.db, 10_000)).violations).toEqual([]);
  expect(await checkNewCredits(database.db, 10_000)).toMatchObject({ users: 0, eventsChecked: 0 });

  await job(busy, 2, 1);
  await grant(busy, 5);
  expect(await checkNewCredits(database.db, 10_000)).toMatchObject({
    users: 1,
    eventsChecked: 3,
    last: busy,
    violations: [],
  });
  const seqs = await database.db.select().from(wallets).where(eq(wallets.userId, quiet));
  const [proof] = await database.db
    .select()
    .from(creditChecks)
    .where(eq(creditChecks.userId, quiet));
  expect(proof).toMatchObject({
    checkedSeq: seqs[0]?.seq,
    available: 20,
    held: 3,
    spent: 7,
    issued: -30,
  });
});

test("the proof goes through the users page by page", async () => {
  for (let index = 0; index < 5; index++) await usedWallet();
  let users = 0;
  for (let last: string | null = null, page = 0; page < 5; page++) {
    const round = await checkNewCredits(database.db, 1, last);
    users += round.users;
    last = round.last;
  }
  expect(users).toBe(5);
  expect((await checkNewCredits(database.db, 10)).users).toBe(0);
});

test("new damage after a clean proof is found among the new events, and the mark stays where it was", async () => {
  const userId = await usedWallet();
  await checkNewCredits(database.db, 10_000);
  await job(userId, 2, 2);
  const damage = sql`update credit_events set held_after = held_after + 1 where user_id = ${userId}::uuid and seq = 8`;
  await withDamage(damage, async (tx) => {
    const { violations } = await checkNewCredits(tx, 10_000);
    expect(violations).toContainEqual(
      expect.objectContaining({
        userId,
        subject: "event 8.held_after",
        expected: "5",
        actual: "6",
      }),
    );
    const [proof] = await tx.select().from(creditChecks).where(eq(creditChecks.userId, userId));
    expect(proof?.checkedSeq).toBe(7);
  });
});

test("a damaged mark is no violation: the whole history decides, and the mark heals", async () => {
  const userId = await usedWallet();
  await checkNewCredits(database.db, 10_000);
  await database.db
    .update(creditChecks)
    .set({ available: 99, grantsPrint: "5" })
    .where(eq(creditChecks.userId, userId));
  await grant(userId, 1);
  expect((await checkNewCredits(database.db, 10_000)).violations).toEqual([]);
  const [proof] = await database.db
    .select()
    .from(creditChecks)
    .where(eq(creditChecks.userId, userId));
  expect(proof).toMatchObject({ checkedSeq: 8, available: 21 });
});
