import { randomUUID } from "node:crypto";
import { adjustCreditsInput, compensateUserInput } from "@tintype/core/admin-credits";
import { creditEvents, creditGrants, wallets } from "@tintype/db/schema";
import { and, desc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { submitJob } from "../jobs/submit-job.ts";
import { testAdmin } from "../rewards/testing.ts";
import { imageRequest, useTestServices, walletOf } from "../testing.ts";
import { adjustCredits, compensateUser } from "./adjust-credits.ts";
import { syncUser, validateUser } from "./user-credits.ts";

const { userWithCredits, contextFor, clock, parts } = useTestServices();
const admin = () => testAdmin(contextFor);

const request = (userId: string, over: object) =>
  adjustCreditsInput.parse({
    ...{ userId, requestId: randomUUID(), amount: 30, reason: "promised on the phone" },
    ...over,
  });
const give = (userId: string, over: object = {}) => request(userId, { change: "give", ...over });
const take = (userId: string, over: object = {}) => request(userId, { change: "take", ...over });
const newestEvent = async (userId: string) => {
  const ofUser = eq(creditEvents.userId, userId);
  const { db } = parts.database;
  const [event] = await db
    .select()
    .from(creditEvents)
    .where(ofUser)
    .orderBy(desc(creditEvents.seq));
  return event;
};

test("given credits name the admin and the reason, and keep expiry and priority", async () => {
  const { actor } = await userWithCredits(0);
  const expiresAt = new Date(clock.now().getTime() + 86_400_000);
  const input = give(actor.userId, { expiresAt: expiresAt.toISOString(), priority: 10 });
  expect(await adjustCredits(admin(), input)).toEqual({ moved: true, available: 30, owed: 0 });

  expect(await newestEvent(actor.userId)).toMatchObject({
    idempotencyKey: `adjustment:${input.requestId}`,
    actorKind: "admin",
    actorId: admin().actor.userId,
    reason: "promised on the phone",
  });
  const ofUser = eq(creditGrants.userId, actor.userId);
  expect(await parts.database.db.select().from(creditGrants).where(ofUser)).toMatchObject([
    { source: "adjustment", category: "promo", expiresAt, priority: 10 },
  ]);
});

test("the same request ten times at once moves credits once, giving and taking", async () => {
  const ctx = await userWithCredits(100);
  for (const [input, available] of [
    [give(ctx.actor.userId), 130],
    [take(ctx.actor.userId, { amount: 50 }), 80],
  ] as const) {
    const moves = await Promise.all(
      Array.from({ length: 10 }, () => adjustCredits(admin(), input)),
    );
    expect(moves.filter(({ moved }) => moved)).toHaveLength(1);
    expect(await walletOf(ctx)).toMatchObject({ available });
  }
});

test("a request id with other contents is refused, not taken for the first one", async () => {
  const ctx = await userWithCredits(100);
  const { userId } = ctx.actor;
  const first = give(userId);
  await adjustCredits(admin(), first);

  const { requestId } = first;
  for (const other of [
    give(userId, { requestId, amount: 31 }),
    give(userId, { requestId, reason: "another reason" }),
    take(userId, { requestId }),
  ]) {
    await expect(adjustCredits(admin(), other)).rejects.toMatchObject({
      problem: { code: "request_id_reused", requestId },
    });
  }
  expect(await walletOf(ctx)).toMatchObject({ available: 130 });
});

test("nobody takes more than there is, not even eight admins at once, and held credits stay", async () => {
  const ctx = await userWithCredits(100);
  await submitJob(ctx, await imageRequest(ctx));
  const { userId } = ctx.actor;

  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, () => adjustCredits(admin(), take(userId))),
  );

  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
  expect(await walletOf(ctx)).toMatchObject({ available: 5, held: 5, owed: 0 });
  await expect(adjustCredits(admin(), take(userId))).rejects.toMatchObject({
    problem: { code: "credits_not_available", requested: 30, available: 5 },
  });
});

test("compensation names the job, and only a job of that user", async () => {
  const ctx = await userWithCredits(100);
  const { id: jobId } = await submitJob(ctx, await imageRequest(ctx));
  const { userId } = ctx.actor;
  const input = (over: object = {}) =>
    compensateUserInput.parse({
      ...{ userId, requestId: randomUUID(), amount: 5, reason: "the video was black" },
      ...over,
    });

  const compensation = input({ jobId });
  expect(await compensateUser(admin(), compensation)).toMatchObject({
    moved: true,
    available: 100,
  });
  expect(await compensateUser(admin(), compensation)).toMatchObject({
    moved: false,
    available: 100,
  });
  expect(await newestEvent(userId)).toMatchObject({
    idempotencyKey: `compensation:${compensation.requestId}`,
    reason: `the video was black [job ${jobId}]`,
  });
  const ofUser = and(eq(creditGrants.userId, userId), eq(creditGrants.source, "compensation"));
  expect(await ctx.db.select().from(creditGrants).where(ofUser)).toHaveLength(1);

  const stranger = (await userWithCredits(0)).actor.userId;
  await expect(compensateUser(admin(), input({ userId: stranger, jobId }))).rejects.toMatchObject({
    problem: { code: "job_not_found" },
  });
});

test("an unknown user and a time that has passed are told", async () => {
  await expect(adjustCredits(admin(), give(randomUUID()))).rejects.toMatchObject({
    problem: { code: "user_not_found" },
  });
  const { userId } = (await userWithCredits(0)).actor;
  const past = give(userId, { expiresAt: clock.now().toISOString() });
  await expect(adjustCredits(admin(), past)).rejects.toMatchObject({
    problem: { code: "invalid_input", issues: [{ field: "expiresAt" }] },
  });
});

test.each(["", "  ", "ab", "x".repeat(501)])("the reason %j is none", (reason) => {
  const userId = randomUUID();
  expect(() => give(userId, { reason })).toThrow();
});

test("a damaged wallet is found and put right from its entries", async () => {
  const ctx = await userWithCredits(100);
  const { userId } = ctx.actor;
  await ctx.db.update(wallets).set({ available: 1 }).where(eq(wallets.userId, userId));

  expect(await validateUser(admin(), { userId })).not.toEqual([]);
  expect(await syncUser(admin(), { userId })).toMatchObject([{ before: 1, after: 100 }]);
  expect(await validateUser(admin(), { userId })).toEqual([]);
});
