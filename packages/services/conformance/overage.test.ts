import type { JobView } from "@tintype/core/jobs";
import { claimJob, completeJob, type Fence, failJob } from "@tintype/db/job-functions";
import {
  creditEvents,
  overageCharges,
  subscriptions,
  userPreferences,
  wallets,
} from "@tintype/db/schema";
import { asAnotherClient } from "@tintype/db/testing";
import { asc, eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertOverage } from "../src/billing/alert-overage.ts";
import type { ServiceContext, UserActor } from "../src/context.ts";
import { sweepExpiredCredits } from "../src/credits/expire-credits.ts";
import { getBalance } from "../src/credits/get-balance.ts";
import { grantCredits } from "../src/credits/grants.ts";
import { cancelJob } from "../src/jobs/cancel-job.ts";
import { quoteJob } from "../src/jobs/quote-job.ts";
import { submitJob } from "../src/jobs/submit-job.ts";
import { imageRequest, readyUpload, useTestServices } from "../src/testing.ts";
import { conformanceCase } from "./case.ts";
import { mailbox } from "./saved-cards.ts";

const { clock, userWithCredits, workerContext, parts } = useTestServices({ maxConnections: 12 });

type Context = ServiceContext<UserActor>;

/** A user with so many credits who may spend so many cents beyond them. */
async function spender(credits: number, overageLimitCents: number | null): Promise<Context> {
  const ctx = await userWithCredits(credits, { jobsPerHour: 100 });
  const { userId } = ctx.actor;
  await ctx.db.insert(userPreferences).values({ userId, overageLimitCents, updatedAt: ctx.now() });
  return ctx;
}

/** A standard image: 5 credits, $0.075 × 1.2 in dollars; all of it beyond the wallet is 12 cents. */
const image = async (ctx: Context, overageCents: number, upload?: string) => ({
  ...(await imageRequest(ctx, upload)),
  overageCents,
});

const chargesOf = (ctx: Context) =>
  ctx.db
    .select()
    .from(overageCharges)
    .where(eq(overageCharges.userId, ctx.actor.userId))
    .orderBy(asc(overageCharges.createdAt));
const story = async (ctx: Context) => {
  const events = await ctx.db
    .select()
    .from(creditEvents)
    .where(eq(creditEvents.userId, ctx.actor.userId))
    .orderBy(asc(creditEvents.seq));
  return events.map(({ kind, availableChange }) => `${kind} ${availableChange}`);
};

/** Takes the next waiting job of this user; those that other tests left behind are passed over. */
async function claimed(ctx: Context): Promise<Fence> {
  const job = await claimJob(parts.database.db, {
    ...{ workerId: "test", concurrency: 50, leaseSeconds: 15, now: clock.now() },
  });
  if (!job) throw new Error("a job was waiting");
  if (job.userId !== ctx.actor.userId) return claimed(ctx);
  return { userId: job.userId, jobId: job.jobId, attempt: job.attempt, workerId: "test" };
}
const delivered = async (ctx: Context, units: number) =>
  completeJob(parts.database.db, {
    ...(await claimed(ctx)),
    ...{ deliveredUnits: units, outputs: [], now: clock.now() },
  });

/** Until so many calls stand in front of a lock; the test's own time limit bounds it. */
async function untilWaiting({ db }: Context, calls: number): Promise<void> {
  for (;;) {
    const [row] = await db.execute<{ waiting: number }>(
      sql`select count(distinct pid)::integer as waiting from pg_locks where not granted and pid in (select pid from pg_stat_activity where datname = current_database())`,
    );
    if (row && row.waiting >= calls) return;
  }
}

const priceCents = async (ctx: Context, missing: number): Promise<number> => {
  const { settings } = await imageRequest(ctx);
  const { overage } = await quoteJob(ctx, { settings });
  if (!overage) throw new Error("an overage was expected");
  expect(overage.credits).toBe(missing);
  return overage.cents;
};

test("what the wallet cannot pay is promised in cents, and billed when it was delivered", async () => {
  const ctx = await spender(3, 1_000);
  const cents = await priceCents(ctx, 2);
  await submitJob(ctx, await image(ctx, cents));
  expect(await getBalance(ctx)).toMatchObject({ available: 0, held: 5 });
  await delivered(ctx, 1);
  expect(await chargesOf(ctx)).toMatchObject([
    { credits: 2, heldCents: cents, capturedCredits: 2, billedCents: cents },
  ]);
  expect(await story(ctx)).toEqual(["grant 3", "grant 2", "hold -5", "capture 0"]);
});

test("a job that fails costs nothing: the promise is void, and its credits cannot be used for anything else", async () => {
  const ctx = await spender(0, 1_000);
  await grantCredits(ctx.db, {
    ...{ userId: ctx.actor.userId, source: "promo", category: "promo", amount: 3 },
    ...{ idempotencyKey: "promo:test", now: ctx.now() },
    expiresAt: new Date(ctx.now().getTime() + 48 * 3_600_000),
    actor: { actorKind: "system", actorId: "test" },
  });
  const cents = await priceCents(ctx, 2);
  await submitJob(ctx, await image(ctx, cents));
  clock.advanceSeconds(5);
  await failJob(ctx.db, {
    ...(await claimed(ctx)),
    ...{ failureCode: "provider_failed", retryable: false, backoffSeconds: 0, now: clock.now() },
  });
  expect(await chargesOf(ctx)).toMatchObject([{ capturedCredits: 0, billedCents: 0 }]);
  expect(await getBalance(ctx)).toMatchObject({ available: 3, held: 0 });
  expect((await story(ctx)).slice(2)).toEqual(["hold -5", "release 5", "expire -2"]);
  clock.advanceSeconds(1);
  await sweepExpiredCredits(workerContext());
  expect(await getBalance(ctx)).toMatchObject({ available: 3, held: 0 });
});

test("when less is delivered, the wallet pays first and only the rest is billed", async () => {
  const ctx = await spender(6, 1_000);
  const plain = await imageRequest(ctx);
  if (plain.settings.kind !== "image") throw new Error("the plainest request is an image");
  const settings = { ...plain.settings, count: 2 };
  const { overage } = await quoteJob(ctx, { settings });
  await submitJob(ctx, {
    ...{ ...plain, settings, credits: 10, overageCents: overage?.cents ?? 0 },
  });
  await delivered(ctx, 1);
  expect(await chargesOf(ctx)).toMatchObject([{ credits: 4, capturedCredits: 0, billedCents: 0 }]);
  expect(await getBalance(ctx)).toMatchObject({ available: 1, held: 0 });
});

test("a cancel before the work voids the promise at once", async () => {
  const ctx = await spender(0, 1_000);
  const { id } = await submitJob(ctx, await image(ctx, await priceCents(ctx, 5)));
  await cancelJob(ctx, { jobId: id });
  expect(await chargesOf(ctx)).toMatchObject([{ billedCents: 0 }]);
  expect(await getBalance(ctx)).toMatchObject({ available: 0, held: 0 });
});

test("nobody pays beyond the wallet who has not allowed it and agreed to the amount", async () => {
  const never = await spender(3, null);
  await expect(submitJob(never, await image(never, 1_000))).rejects.toMatchObject({
    problem: { code: "insufficient_credits", required: 5, available: 3 },
  });
  const careful = await spender(3, 1_000);
  await expect(submitJob(careful, await image(careful, 0))).rejects.toMatchObject({
    problem: { code: "insufficient_credits" },
  });
  const cents = await priceCents(careful, 2);
  await expect(submitJob(careful, await image(careful, cents - 1))).rejects.toMatchObject({
    problem: { code: "overage_changed", agreedCents: cents - 1, currentCents: cents },
  });
  expect(await chargesOf(careful)).toEqual([]);
  expect(await getBalance(careful)).toMatchObject({ available: 3, held: 0 });
});

conformanceCase(
  "T5",
  "overage cap with 10 in flight: what is promised and billed together never exceeds the limit",
  "rule: billed + promised + this one never exceed the limit, under the lock of the wallet",
  async () => {
    const ctx = await spender(0, 1_000);
    const cents = await priceCents(ctx, 5);
    await ctx.db
      .update(userPreferences)
      .set({ overageLimitCents: 4 * cents + 1 })
      .where(eq(userPreferences.userId, ctx.actor.userId));
    const upload = await readyUpload(ctx);
    const requests = await Promise.all(Array.from({ length: 10 }, () => image(ctx, cents, upload)));
    // All of them stand before the wallet when it opens, so that none can look at the limit too early unseen.
    const submits: Promise<JobView>[] = [];
    await ctx.db.transaction(async (tx) => {
      await tx.select().from(wallets).where(eq(wallets.userId, ctx.actor.userId)).for("update");
      submits.push(...requests.map((request) => asAnotherClient(() => submitJob(ctx, request))));
      await asAnotherClient(() => untilWaiting(ctx, 10));
    });
    const outcomes = await Promise.allSettled(submits);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(4);
    const refused = outcomes.find(({ status }) => status === "rejected");
    expect(refused).toMatchObject({
      reason: {
        problem: {
          ...{ code: "overage_limit_reached", limitCents: 4 * cents + 1 },
          ...{ usedCents: 4 * cents, neededCents: cents },
        },
      },
    });
    // One that fails makes room again, one that is delivered does not.
    await failJob(ctx.db, {
      ...(await claimed(ctx)),
      ...{ failureCode: "provider_failed", retryable: false, backoffSeconds: 0, now: clock.now() },
    });
    await delivered(ctx, 1);
    await submitJob(ctx, await image(ctx, cents, upload));
    await expect(submitJob(ctx, await image(ctx, cents, upload))).rejects.toMatchObject({
      problem: { code: "overage_limit_reached" },
    });
  },
);

conformanceCase(
  "T6",
  "late settlement at the cap: what was promised last month counts against last month",
  "rule: a promise counts where it was made, whenever it is settled",
  async () => {
    const ctx = await spender(0, 1_000);
    const cents = await priceCents(ctx, 5);
    await ctx.db
      .update(userPreferences)
      .set({ overageLimitCents: cents })
      .where(eq(userPreferences.userId, ctx.actor.userId));
    await submitJob(ctx, await image(ctx, cents));
    const [before] = await chargesOf(ctx);
    clock.advanceSeconds(30 * 86_400);
    await submitJob(ctx, await image(ctx, cents));
    await delivered(ctx, 1);
    await delivered(ctx, 1);
    const [first, second] = await chargesOf(ctx);
    expect(first).toMatchObject({ periodReference: before?.periodReference, billedCents: cents });
    expect(second?.periodReference).not.toBe(before?.periodReference);
    expect(second?.billedCents).toBe(cents);
  },
);

test("a renewal that is told late and a plan that ends open no second limit", async () => {
  const ctx = await spender(0, 1_000);
  const { userId } = ctx.actor;
  const cents = await priceCents(ctx, 5);
  await ctx.db
    .update(userPreferences)
    .set({ overageLimitCents: 2 * cents })
    .where(eq(userPreferences.userId, userId));
  const plan = { userId, reference: "sub_1", planCode: "starter", interval: "month" } as const;
  const day = (days: number) => new Date(ctx.now().getTime() + days * 86_400_000);
  const known = { stateAt: ctx.now(), createdAt: ctx.now(), updatedAt: ctx.now() };
  const renewedAt = day(-0.25);
  // The period has ended and the next one is not known yet.
  await ctx.db.insert(subscriptions).values({
    ...{ ...plan, ...known, status: "active", periodStart: day(-30), periodEnd: renewedAt },
  });
  await submitJob(ctx, await image(ctx, cents));
  await ctx.db
    .update(subscriptions)
    .set({ periodStart: renewedAt, periodEnd: day(30) })
    .where(eq(subscriptions.userId, userId));
  await submitJob(ctx, await image(ctx, cents));
  const refusal = { problem: { code: "overage_limit_reached", usedCents: 2 * cents } };
  await expect(submitJob(ctx, await image(ctx, cents))).rejects.toMatchObject(refusal);

  await ctx.db
    .update(subscriptions)
    .set({ status: "cancelled" })
    .where(eq(subscriptions.userId, userId));
  await expect(submitJob(ctx, await image(ctx, cents))).rejects.toMatchObject(refusal);
  const { settings } = await imageRequest(ctx);
  expect((await quoteJob(ctx, { settings })).overage).toMatchObject({
    ...{ usedCents: 2 * cents, withinLimit: false },
  });
  await delivered(ctx, 1);
  await delivered(ctx, 1);
});

test("the same request again promises once; the same id with another amount is refused", async () => {
  const ctx = await spender(3, 1_000);
  const request = await image(ctx, await priceCents(ctx, 2));
  const [first, again] = await Promise.all([submitJob(ctx, request), submitJob(ctx, request)]);
  expect(again.id).toBe(first.id);
  expect(await chargesOf(ctx)).toHaveLength(1);
  await expect(submitJob(ctx, { ...request, overageCents: 999 })).rejects.toMatchObject({
    problem: { code: "job_id_reused" },
  });
  await delivered(ctx, 1);
});

conformanceCase(
  "T7",
  "one alert per crossing: half, four fifths and all of the limit, each told once in a period",
  "rule: alerts at 50, 80 and 100 % of the overage's limit",
  async () => {
    const ctx = await spender(0, 1_000);
    const cents = await priceCents(ctx, 5);
    const { mail, to } = mailbox();
    const round = () => alertOverage({ ...workerContext(), mail });
    const rounds = () => Promise.all(Array.from({ length: 4 }, round));
    const told = () =>
      to(ctx).map((letter) => (letter.kind === "overage_alert" ? letter.percent : letter.kind));
    const setLimit = (overageLimitCents: number) =>
      ctx.db
        .update(userPreferences)
        .set({ overageLimitCents })
        .where(eq(userPreferences.userId, ctx.actor.userId));
    await setLimit(4 * cents);
    const upload = await readyUpload(ctx);
    const job = async () => submitJob(ctx, await image(ctx, cents, upload));

    await job();
    await rounds();
    expect(told()).toEqual([]);
    const second = await job();
    await rounds();
    expect(told()).toEqual([50]);
    // Given back and promised again: the same crossing.
    await cancelJob(ctx, { jobId: second.id });
    await rounds();
    await job();
    await rounds();
    expect(told()).toEqual([50]);
    // 100 % at once: 80 is crossed with it and not told by itself.
    await job();
    await job();
    await rounds();
    expect(told()).toEqual([50, 100]);
    expect(to(ctx)[1]).toMatchObject({ usedCents: 4 * cents, limitCents: 4 * cents });
    // Another limit has crossings of its own; the old one's are known.
    await setLimit(8 * cents);
    await rounds();
    await setLimit(4 * cents);
    await rounds();
    expect(told()).toEqual([50, 100, 50]);
    // A new period, and a user who wants no letters.
    clock.advanceSeconds(35 * 86_400);
    await rounds();
    expect(told()).toHaveLength(3);
    await job();
    await job();
    await rounds();
    expect(told()).toEqual([50, 100, 50, 50]);
    await ctx.db
      .update(userPreferences)
      .set({ emailNotifications: false })
      .where(eq(userPreferences.userId, ctx.actor.userId));
    await job();
    await job();
    await rounds();
    expect(told()).toHaveLength(4);
  },
);
