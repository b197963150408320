import { randomUUID } from "node:crypto";
import { dayIn, type Streak, streakAfter } from "@tintype/core/streaks";
import { claimStreak as claimFunction } from "@tintype/db/reward-functions";
import { creditGrants, userPreferences } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import type { ServiceContext, UserActor } from "../context.ts";
import { useTestServices, walletOf } from "../testing.ts";
import { claimStreak, getStreak } from "./streak.ts";
import { behindTheWallet } from "./testing.ts";

const { userWithCredits, clock } = useTestServices();
const HOUR = 3_600;

const live = async (ctx: ServiceContext<UserActor>, timeZone: string) => {
  const row = { userId: ctx.actor.userId, timeZone, updatedAt: ctx.now() };
  await ctx.db
    .insert(userPreferences)
    .values(row)
    .onConflictDoUpdate({ target: userPreferences.userId, set: row });
};
const outcome = (claim: Promise<unknown>) =>
  claim.then(
    () => "claimed",
    (error) => error.problem?.code,
  );

test("ten claims at once are one claim, and its credits expire after thirty days", async () => {
  const ctx = await userWithCredits(0);
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => outcome(claimStreak(ctx))));

  expect(outcomes.filter((each) => each === "claimed")).toHaveLength(1);
  expect(await walletOf(ctx)).toMatchObject({ available: 1 });
  const { userId } = ctx.actor;
  const expiresAt = new Date(clock.now().getTime() + 30 * 24 * HOUR * 1_000);
  expect(
    await ctx.db.select().from(creditGrants).where(eq(creditGrants.userId, userId)),
  ).toMatchObject([{ source: "streak", category: "promo", amount: 1, expiresAt }]);
});

test("five claims that arrive at the wallet together are one", async () => {
  const ctx = await userWithCredits(0);
  const { userId } = ctx.actor;
  const call = () =>
    claimFunction(ctx.db, {
      ...{ userId, grantId: randomUUID(), credits: 1, expireDays: 30, now: clock.now() },
    });
  const outcomes = await behindTheWallet(ctx, userId, [call, call, call, call, call]);
  expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual([
    ...Array(4).fill("already_claimed"),
    "claimed",
  ]);
});

test("a day after a day makes a streak; a day left out ends it", async () => {
  const ctx = await userWithCredits(0);
  expect(await getStreak(ctx)).toEqual({ days: 0, credits: 1, nextAt: null });
  expect(await claimStreak(ctx)).toMatchObject({ days: 1 });
  expect(await getStreak(ctx)).toMatchObject({ days: 1, nextAt: expect.any(Date) });
  clock.advanceSeconds(24 * HOUR);
  expect(await claimStreak(ctx)).toMatchObject({ days: 2 });
  clock.advanceSeconds(48 * HOUR);
  expect(await getStreak(ctx)).toMatchObject({ days: 0, nextAt: null });
  expect(await claimStreak(ctx)).toMatchObject({ days: 1 });
});

test("what is said of the next claim is true to the second", async () => {
  const ctx = await userWithCredits(0);
  await live(ctx, "Asia/Kolkata");
  for (let round = 0; round < 5; round++) {
    const { nextAt } = await claimStreak(ctx);
    const wait = (nextAt.getTime() - clock.now().getTime()) / 1_000;
    clock.advanceSeconds(wait - 1);
    expect(await outcome(claimStreak(ctx))).toBe("streak_already_claimed");
    expect(await getStreak(ctx)).toMatchObject({ nextAt });
    clock.advanceSeconds(1);
    expect(await getStreak(ctx)).toMatchObject({ nextAt: null });
    clock.advanceSeconds(round * 3 * HOUR);
  }
});

test("a year of claims in wandering time zones follows the rule of core, and never two in twenty hours", async () => {
  const ctx = await userWithCredits(0);
  const zones = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Moscow", "America/New_York"];
  let model: Streak | null = null;
  let claimed = 0;
  for (let step = 0; step < 200; step++) {
    const zone = zones[(step * 7) % zones.length] ?? "UTC";
    clock.advanceSeconds(((step * 37) % 29) * HOUR + 61 * step);
    await live(ctx, zone);
    const now = clock.now().getTime();
    const next: Streak | null = streakAfter(model, dayIn(zone, now), now);
    if (next && model)
      expect(next.claimedAt - model.claimedAt).toBeGreaterThanOrEqual(20 * HOUR * 1_000);

    const result = await claimStreak(ctx).catch(() => null);
    expect([step, result?.days ?? null]).toEqual([step, next?.days ?? null]);
    model = next ?? model;
    if (next) claimed += 1;
  }
  expect(claimed).toBeGreaterThan(50);
});
