import { randomUUID } from "node:crypto";
import { type CreatePromoCodeInput, redeemPromoCodeInput } from "@tintype/core/rewards";
import { redeemPromoCode as redeemFunction } from "@tintype/db/reward-functions";
import { creditEvents, creditGrants, promoCodes } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { createPromoCode, disablePromoCode, listPromoCodes } from "../admin/promo-codes.ts";
import type { ServiceContext, UserActor } from "../context.ts";
import { useTestServices, walletOf } from "../testing.ts";
import { redeemPromoCode } from "./redeem-promo-code.ts";
import { behindTheWallet, testAdmin } from "./testing.ts";

const { userWithCredits, contextFor, clock, parts } = useTestServices();
const admin = () => testAdmin(contextFor);
const DAY_MS = 86_400_000;

async function newCode(over: Partial<CreatePromoCodeInput> = {}): Promise<string> {
  const code = `TEST-${randomUUID().slice(0, 8).toUpperCase()}`;
  const input = { code, credits: 25, creditsExpireDays: 30, budget: 100, endsAt: null };
  await createPromoCode(admin(), { ...input, note: "a test", ...over });
  return code;
}
const redeem = (ctx: ServiceContext<UserActor>, code: string) =>
  redeemPromoCode(ctx, redeemPromoCodeInput.parse({ code }));
const codesOf = (outcomes: PromiseSettledResult<unknown>[]) =>
  outcomes.map((each) => (each.status === "fulfilled" ? "ok" : each.reason?.problem?.code));
const rowOf = async (code: string) =>
  (await parts.database.db.select().from(promoCodes).where(eq(promoCodes.code, code)))[0];

test("a code gives its credits with their expiry, and the history names it", async () => {
  const ctx = await userWithCredits(0);
  const code = await newCode();

  const expiresAt = new Date(clock.now().getTime() + 30 * DAY_MS);
  expect(await redeem(ctx, code)).toEqual({ credits: 25, expiresAt });

  expect(await walletOf(ctx)).toMatchObject({ available: 25 });
  const { userId } = ctx.actor;
  const [grant] = await ctx.db.select().from(creditGrants).where(eq(creditGrants.userId, userId));
  expect(grant).toMatchObject({ source: "promo", category: "promo", amount: 25, expiresAt });
  const [event] = await ctx.db.select().from(creditEvents).where(eq(creditEvents.userId, userId));
  expect(event).toMatchObject({
    idempotencyKey: `promo:${code}:${userId}`,
    actorKind: "user",
    reason: code,
  });
});

test("spaces around a code and small letters are the same code", async () => {
  const ctx = await userWithCredits(0);
  const code = await newCode();
  expect(await redeem(ctx, `  ${code.toLowerCase()} `)).toMatchObject({ credits: 25 });
});

test("one code redeemed ten times at once by one user gives its credits once", async () => {
  const ctx = await userWithCredits(0);
  const code = await newCode();

  const outcomes = codesOf(
    await Promise.allSettled(Array.from({ length: 10 }, () => redeem(ctx, code))),
  );

  expect(outcomes.toSorted()).toEqual(
    ["ok", ...Array(9).fill("promo_code_already_redeemed")].toSorted(),
  );
  expect(await walletOf(ctx)).toMatchObject({ available: 25 });
  expect(await rowOf(code)).toMatchObject({ redeemed: 1 });
});

test("five redemptions that arrive at the wallet together are one, and the budget counts one", async () => {
  const ctx = await userWithCredits(0);
  const code = await newCode();
  const { userId } = ctx.actor;
  const call = () =>
    redeemFunction(ctx.db, { userId, code, grantId: randomUUID(), now: clock.now() });

  const outcomes = await behindTheWallet(ctx, userId, [call, call, call, call, call]);

  expect(outcomes.filter(({ outcome }) => outcome === "redeemed")).toHaveLength(1);
  expect(outcomes.filter(({ outcome }) => outcome === "already_redeemed")).toHaveLength(4);
  expect(await rowOf(code)).toMatchObject({ redeemed: 1 });
  expect(await walletOf(ctx)).toMatchObject({ available: 25 });
});

test("fifty users on a budget of ten: ten get it, forty are told, nobody in between", async () => {
  const code = await newCode({ budget: 10 });
  const everybody = await Promise.all(Array.from({ length: 50 }, () => userWithCredits(0)));

  const outcomes = codesOf(await Promise.allSettled(everybody.map((ctx) => redeem(ctx, code))));

  expect(outcomes.filter((each) => each === "ok")).toHaveLength(10);
  expect(outcomes.filter((each) => each === "promo_code_used_up")).toHaveLength(40);
  const wallets = await Promise.all(everybody.map(walletOf));
  expect(wallets.reduce((sum, wallet) => sum + (wallet?.available ?? 0), 0)).toBe(250);
  expect(await rowOf(code)).toMatchObject({ redeemed: 10, budget: 10 });
});

test("every reason why a code gives nothing has its own answer", async () => {
  const now = clock.now().getTime();
  const disabled = await newCode();
  await disablePromoCode(admin(), { code: disabled });
  const startsAt = new Date(now + DAY_MS);
  const outcomes = await Promise.allSettled(
    [
      "NOBODY-KNOWS-IT",
      "'; drop table users",
      disabled,
      await newCode({ startsAt }),
      await newCode({ startsAt: new Date(now - DAY_MS), endsAt: new Date(now) }),
    ].map(async (code) => redeem(await userWithCredits(0), code)),
  );
  expect(codesOf(outcomes)).toEqual([
    "promo_code_not_found",
    "promo_code_not_found",
    "promo_code_disabled",
    "promo_code_not_started",
    "promo_code_ended",
  ]);
});

test("whoever has had a code is told when, even after it was disabled", async () => {
  const ctx = await userWithCredits(0);
  const code = await newCode();
  const at = clock.now();
  await redeem(ctx, code);
  await disablePromoCode(admin(), { code });

  const outcome = await redeem(ctx, code).catch((error) => error.problem);
  expect(outcome.code).toBe("promo_code_already_redeemed");
  expect(new Date(outcome.at)).toEqual(at);
});

test("thirty guesses at once are ten tries, right codes cost none, and an hour later it goes on", async () => {
  const ctx = await userWithCredits(0);
  await redeem(ctx, await newCode());
  const guesses = () => Promise.allSettled(Array.from({ length: 30 }, () => redeem(ctx, "GUESS")));

  const outcomes = codesOf(await guesses());
  expect(outcomes.filter((each) => each === "promo_code_not_found")).toHaveLength(10);
  expect(outcomes.filter((each) => each === "too_many_attempts")).toHaveLength(20);

  const code = await newCode();
  clock.advanceSeconds(3_599);
  await expect(redeem(ctx, code)).rejects.toMatchObject({
    problem: { code: "too_many_attempts", retryAfterSeconds: 1 },
  });
  clock.advanceSeconds(1);
  expect(await redeem(ctx, code)).toMatchObject({ credits: 25 });
});

test("a right code between wrong ones does not open ten more tries", async () => {
  const ctx = await userWithCredits(0);
  const attempt = async (code: string) => codesOf(await Promise.allSettled([redeem(ctx, code)]))[0];
  for (let round = 0; round < 9; round++) await attempt("GUESS");
  expect(await attempt(await newCode())).toBe("ok");
  expect(await attempt("GUESS")).toBe("promo_code_not_found");
  expect(await attempt("GUESS")).toBe("too_many_attempts");
});

test("a code's name is taken once; disabling keeps the first time; the list goes page by page", async () => {
  const code = await newCode();
  await expect(newCode({ code })).rejects.toMatchObject({ problem: { code: "promo_code_taken" } });

  const { disabledAt } = await disablePromoCode(admin(), { code });
  clock.advanceSeconds(60);
  expect(await disablePromoCode(admin(), { code })).toMatchObject({ disabledAt });
  await expect(disablePromoCode(admin(), { code: "NOBODY" })).rejects.toMatchObject({
    problem: { code: "promo_code_not_found" },
  });

  const all = await listPromoCodes(admin(), { limit: 100 });
  const first = await listPromoCodes(admin(), { limit: 2 });
  const second = await listPromoCodes(admin(), { limit: 2, cursor: first.nextCursor ?? "" });
  expect([...first.items, ...second.items]).toEqual(all.items.slice(0, 4));
});
