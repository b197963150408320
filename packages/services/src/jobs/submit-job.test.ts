import { creditEvents, generationJobs, jobEvents, prices } from "@tintype/db/schema";
import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import type { ServiceContext, UserActor } from "../context.ts";
import { getBalance } from "../credits/get-balance.ts";
import { grantCredits } from "../credits/grants.ts";
import { imageRequest, useTestServices, walletOf } from "../testing.ts";
import { cancelJob } from "./cancel-job.ts";
import { quoteJob } from "./quote-job.ts";
import { submitJob } from "./submit-job.ts";

const { userWithCredits, clock, newId } = useTestServices({
  maxConnections: 20,
});

const jobsOf = ({ db, actor }: ServiceContext<UserActor>) =>
  db.select().from(generationJobs).where(eq(generationJobs.userId, actor.userId));
const holdsOf = ({ db, actor }: ServiceContext<UserActor>) =>
  db
    .select()
    .from(creditEvents)
    .where(and(eq(creditEvents.userId, actor.userId), eq(creditEvents.kind, "hold")));

test("a submit holds the price, queues the job and writes both trails", async () => {
  const ctx = await userWithCredits(20);
  const input = await imageRequest(ctx);

  const job = await submitJob(ctx, input);

  expect(job).toMatchObject({ id: input.id, status: "queued", credits: 5, queuePosition: 1 });
  expect(await walletOf(ctx)).toMatchObject({ available: 15, held: 5, seq: 2 });
  expect(await ctx.db.select().from(jobEvents).where(eq(jobEvents.jobId, job.id))).toMatchObject([
    { seq: 1, kind: "queued" },
  ]);
});

test("the quote is what a submit holds, to the credit", async () => {
  const ctx = await userWithCredits(100);
  const { settings } = await imageRequest(ctx);
  const wanted = { ...settings, count: 3 };
  const quote = await quoteJob(ctx, { settings: wanted });
  expect(quote).toMatchObject({ credits: 15, available: 100, availableAfter: 85 });

  const request = { ...(await imageRequest(ctx)), settings: wanted, credits: quote.credits };
  await submitJob(ctx, { ...request, priceId: quote.priceId });
  expect(await walletOf(ctx)).toMatchObject({ available: quote.availableAfter, held: 15 });
});

test("credits that have expired are neither shown nor promised, as a submit would not take them", async () => {
  const ctx = await userWithCredits(3);
  await grantCredits(ctx.db, {
    userId: ctx.actor.userId,
    source: "promo",
    category: "promo",
    amount: 40,
    idempotencyKey: "soon gone",
    expiresAt: new Date(clock.now().getTime() + 60_000),
    now: clock.now(),
    actor: { actorKind: "system", actorId: "test" },
  });
  const input = await imageRequest(ctx);
  const { settings } = input;
  expect(await quoteJob(ctx, { settings })).toMatchObject({ available: 43, affordable: true });

  clock.advanceSeconds(60);
  expect(await getBalance(ctx)).toMatchObject({ available: 3, held: 0, version: 2 });
  expect(await quoteJob(ctx, { settings })).toMatchObject({ available: 3, affordable: false });
  await expect(submitJob(ctx, input)).rejects.toMatchObject({
    problem: { code: "insufficient_credits", required: 5, available: 3 },
  });
});

test("the same request sent eight times at once is one job and one hold", async () => {
  const ctx = await userWithCredits(100);
  const input = await imageRequest(ctx);

  const jobs = await Promise.all(Array.from({ length: 8 }, () => submitJob(ctx, input)));

  expect(new Set(jobs.map(({ id }) => id)).size).toBe(1);
  expect(await holdsOf(ctx)).toHaveLength(1);
});

test("the same request after the job has ended still answers with that job", async () => {
  const ctx = await userWithCredits(100);
  const input = await imageRequest(ctx);
  await submitJob(ctx, input);
  await cancelJob(ctx, { jobId: input.id });
  expect(await submitJob(ctx, input)).toMatchObject({ status: "cancelled", chargedCredits: 0 });
  expect(await holdsOf(ctx)).toHaveLength(1);
});

test("the same id with another request is refused and changes nothing", async () => {
  const ctx = await userWithCredits(100);
  const input = await imageRequest(ctx);
  await submitJob(ctx, input);
  const other = { ...input, settings: { ...input.settings, prompt: "a blue kite" } };
  await expect(submitJob(ctx, other)).rejects.toMatchObject({
    problem: { code: "job_id_reused", jobId: input.id },
  });
  expect(await walletOf(ctx)).toMatchObject({ available: 95, held: 5 });
});

test("another user's job id tells nothing and touches nothing of theirs", async () => {
  const owner = await userWithCredits(20);
  const input = await imageRequest(owner);
  await submitJob(owner, input);

  const stranger = await userWithCredits(20);
  await expect(cancelJob(stranger, { jobId: input.id })).rejects.toMatchObject({
    problem: { code: "job_not_found" },
  });
  await expect(submitJob(stranger, input)).rejects.toMatchObject({
    problem: { code: "asset_not_found", assetId: input.inputAssetId },
  });
  expect(await jobsOf(stranger)).toEqual([]);
  expect(await walletOf(stranger)).toMatchObject({ available: 20, held: 0, seq: 1 });
});

test("a price that changed since the quote is shown anew, and nothing is held", async () => {
  const ctx = await userWithCredits(100);
  const input = await imageRequest(ctx);
  await expect(submitJob(ctx, { ...input, credits: 4 })).rejects.toMatchObject({
    problem: { code: "price_changed", quoted: 4, current: 5 },
  });

  const now = clock.now();
  const [old] = await ctx.db.select().from(prices).where(eq(prices.id, input.priceId));
  if (!old) throw new Error("the price vanished");
  await ctx.db.update(prices).set({ validUntil: now }).where(eq(prices.id, old.id));
  await expect(submitJob(ctx, input)).rejects.toMatchObject({
    problem: { code: "price_unavailable", modelTier: "standard" },
  });
  const { id: _, ...values } = old;
  await ctx.db.insert(prices).values({ ...values, validFrom: now, milliCreditsPerUnit: 7_000 });
  await expect(submitJob(ctx, input)).rejects.toMatchObject({
    problem: { code: "price_changed", quoted: 5, current: 7 },
  });
  expect(await jobsOf(ctx)).toEqual([]);

  await ctx.db.delete(prices).where(and(eq(prices.validFrom, now)));
  await ctx.db.update(prices).set({ validUntil: null }).where(eq(prices.id, old.id));
});

test("a video longer than the generator can make is refused before any credit is held", async () => {
  const ctx = await userWithCredits(100);
  const { settings, ...rest } = await imageRequest(ctx);
  const { count: _, ...look } = settings;
  const video = {
    ...look,
    kind: "video" as const,
    durationSeconds: 16,
    cameraMove: "pan" as const,
  };
  const problem = { code: "duration_unsupported", requested: 16, maximum: 15 };
  await expect(quoteJob(ctx, { settings: video })).rejects.toMatchObject({ problem });
  await expect(submitJob(ctx, { ...rest, settings: video })).rejects.toMatchObject({ problem });
  expect(await walletOf(ctx)).toMatchObject({ available: 100, held: 0 });
});

test("a missing or deleted photo is refused before any credit is held", async () => {
  const ctx = await userWithCredits(100);
  const missing = { ...(await imageRequest(ctx)), inputAssetId: newId() };
  await expect(submitJob(ctx, missing)).rejects.toMatchObject({
    problem: { code: "asset_not_found", assetId: missing.inputAssetId },
  });
  expect(await walletOf(ctx)).toMatchObject({ available: 100, held: 0 });
});
