import { randomUUID } from "node:crypto";
import { takeCredits } from "@tintype/db/credit-functions";
import { packs, topUps, userPreferences, wallets } from "@tintype/db/schema";
import { asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { getBillingPreferences, updateBillingPreferences } from "../src/billing/preferences.ts";
import { saveCard as askToSave } from "../src/billing/saved-card.ts";
import { buyTopUps, reserveTopUp } from "../src/billing/top-up.ts";
import { submitJob } from "../src/jobs/submit-job.ts";
import { imageRequest } from "../src/testing.ts";
import { balanceOf, days } from "./billing-story.ts";
import { breakUsers } from "./broken-users.ts";
import { conformanceCase } from "./case.ts";
import { customerOf, mailbox, saveCard, stripeApi } from "./saved-cards.ts";
import { type Buyer, CARD, useStripeDesk } from "./stripe-desk.ts";

const { desk, clock, buyer, buy, settled, purchasesOf } = useStripeDesk({ maxConnections: 12 });
const { mail, to } = mailbox();
const worker = (payments = desk.payments) => ({ ...desk.context(), mail, payments });

const PACK = "bundle_30m";
const THRESHOLD = 10;
const priceOf = async (ctx: Buyer) => {
  const [row] = await ctx.db.select().from(packs).where(eq(packs.code, PACK));
  if (!row) throw new Error("the catalogue has the pack");
  return row.priceCents;
};

/** Somebody with an empty wallet, a card, and the automatic purchase turned on. */
async function subscriber(capInPacks = 100, card = "pm_card_visa"): Promise<Buyer> {
  const ctx = await buyer();
  await saveCard(desk.stripe, ctx, card);
  await turnOn(ctx, capInPacks);
  return ctx;
}
const turnOn = async (ctx: Buyer, capInPacks = 100) =>
  updateBillingPreferences(ctx, {
    topUp: {
      ...{ enabled: true, thresholdCredits: THRESHOLD, packCode: PACK },
      monthlyCapCents: Math.min(100_000, capInPacks * (await priceOf(ctx)) + 1),
    },
  });

const topUpsOf = (ctx: Buyer) =>
  ctx.db
    .select()
    .from(topUps)
    .where(eq(topUps.userId, ctx.actor.userId))
    .orderBy(asc(topUps.askedAt));
/** What Stripe itself was asked for. */
async function intentsOf(ctx: Buyer): Promise<number> {
  const customer = await customerOf(ctx);
  type Page = { data: { metadata: { topUp?: string } }[] };
  const path = `/v1/payment_intents?customer=${customer}&limit=100`;
  const { data } = await stripeApi(desk.stripe)<Page>("GET", path);
  return data.filter(({ metadata }) => metadata.topUp !== undefined).length;
}
/** Everything in the wallet is gone, as if jobs had used it. */
async function spendAll(ctx: Buyer, but = 0): Promise<void> {
  const wallet = await balanceOf(ctx);
  if (!wallet || wallet.available === 0) return;
  await takeCredits(ctx.db, {
    ...{ userId: ctx.actor.userId, grantId: null, amount: wallet.available - but, reason: "test" },
    ...{ idempotencyKey: randomUUID(), actorKind: "admin", actorId: "test", now: clock.now() },
  });
}
/** A round of the schedule, and the webhooks it leads to. */
async function round(payments = desk.payments): Promise<void> {
  await buyTopUps(worker(payments));
  await settled();
}

conformanceCase(
  "T1",
  "decline loop: one try, one letter, and nothing more until the user turns it on again",
  "rule: a pause after a decline; only the user ends it",
  async () => {
    const ctx = await subscriber(100, "pm_card_chargeCustomerFail");
    for (let day = 0; day < 5; day += 1) {
      await Promise.all([round(), round()]);
      clock.advanceSeconds(86_400);
    }
    expect(await topUpsOf(ctx)).toMatchObject([{ status: "declined", reason: "card_declined" }]);
    expect(await intentsOf(ctx)).toBe(1);
    expect(to(ctx)).toMatchObject([{ kind: "top_up_declined", reason: "card_declined" }]);
    expect((await getBillingPreferences(ctx)).topUp).toMatchObject({
      ...{ enabled: true, pausedBecause: "card_declined", isBuying: false, spentCents: 0 },
    });
    await saveCard(desk.stripe, ctx);
    await round();
    expect(await topUpsOf(ctx)).toHaveLength(1);
    expect(await reserveTopUp(worker(), ctx.actor.userId)).toBe("paused");

    expect((await turnOn(ctx)).topUp.pausedBecause).toBeNull();
    await round();
    expect(await topUpsOf(ctx)).toMatchObject([{ status: "declined" }, { status: "paid" }]);
    expect(await purchasesOf(ctx)).toEqual([{ amount: 1_800 }]);
  },
);

conformanceCase(
  "T2",
  "burst: one purchase at a time, three in ten minutes, then a break",
  "rule: at most one in flight, a break at 3 in 10 minutes",
  async () => {
    const ctx = await subscriber();
    for (const bought of [1, 2, 3, 3, 3]) {
      await Promise.all(Array.from({ length: 6 }, () => buyTopUps(worker())));
      await settled();
      expect(await purchasesOf(ctx)).toHaveLength(bought);
      await spendAll(ctx);
      clock.advanceSeconds(60);
    }
    expect(await intentsOf(ctx)).toBe(3);
    expect(await reserveTopUp(worker(), ctx.actor.userId)).toBe("burst");
    clock.advanceSeconds(10 * 60);
    await round();
    expect(await purchasesOf(ctx)).toHaveLength(4);
  },
);

conformanceCase(
  "T3",
  "monthly cap: no purchase goes over it, and what is under way counts",
  "rule: a hard limit in dollars, which is required",
  async () => {
    const ctx = await subscriber(2);
    for (let day = 0; day < 4; day += 1) {
      await round();
      await spendAll(ctx);
      clock.advanceSeconds(86_400);
    }
    expect(await purchasesOf(ctx)).toHaveLength(2);
    expect(await reserveTopUp(worker(), ctx.actor.userId)).toBe("monthly_cap");
    // The next month has its own. Money that is on its way, its webhook late, counts as well.
    clock.advanceSeconds(days(30) / 1_000);
    desk.stripe.controls.pauseDeliveries();
    await buyTopUps(worker());
    await buyTopUps(worker());
    expect(await reserveTopUp(worker(), ctx.actor.userId)).toBe("in_flight");
    expect(await getBillingPreferences(ctx)).toMatchObject({
      topUp: { isBuying: true, spentCents: await priceOf(ctx) },
    });
    desk.stripe.controls.resumeDeliveries();
    await settled();
    expect(await purchasesOf(ctx)).toHaveLength(3);
  },
);

conformanceCase(
  "T4",
  "never enables itself: no purchase, plan or saved card turns it on",
  "rule: off by default, and no purchase turns it on",
  async () => {
    const ctx = await buyer();
    await buy(ctx, "pack", PACK, { saveCard: true });
    await buy(ctx, "plan", "small");
    const asked = { place: "top-up", requestId: randomUUID() } as const;
    desk.stripe.controls.payCheckout((await askToSave(ctx, asked)).sessionId, CARD);
    await settled();
    await saveCard(desk.stripe, ctx);
    await spendAll(ctx);
    await updateBillingPreferences(ctx, { overageLimitCents: 500, spendScope: "all" });
    await round();
    expect(await topUpsOf(ctx)).toEqual([]);
    expect((await getBillingPreferences(ctx)).topUp).toMatchObject({ enabled: false });
    const [row] = await ctx.db
      .select()
      .from(userPreferences)
      .where(eq(userPreferences.userId, ctx.actor.userId));
    expect(row).toMatchObject({ topUpEnabledAt: null, topUpMonthlyCapCents: null });
  },
);

test("the answer of the provider is lost: asked again, it was bought once", async () => {
  const ctx = await subscriber();
  const lossy = {
    ...desk.payments,
    topUp: async (order: Parameters<typeof desk.payments.topUp>[0]) => {
      await desk.payments.topUp(order);
      throw new Error("the connection was lost");
    },
  };
  await expect(buyTopUps(worker(lossy))).rejects.toThrow();
  await settled();
  // The webhook has come and does not find whose it is; the credits are there all the same, once.
  expect(await purchasesOf(ctx)).toHaveLength(1);
  expect(await topUpsOf(ctx)).toMatchObject([{ status: "asking", attempts: 1 }]);
  clock.advanceSeconds(31);
  await round();
  expect(await topUpsOf(ctx)).toMatchObject([{ status: "paid", attempts: 2 }]);
  expect(await intentsOf(ctx)).toBe(1);
  expect(await purchasesOf(ctx)).toHaveLength(1);
});

test("turned off while the provider was away, nothing is bought; what it had taken already is told", async () => {
  const turnOff = async (ctx: Buyer) =>
    updateBillingPreferences(ctx, {
      topUp: {
        ...{ enabled: false, thresholdCredits: THRESHOLD, packCode: PACK },
        monthlyCapCents: await priceOf(ctx),
      },
    });
  const away = { ...desk.payments, topUp: () => Promise.reject(new Error("away")) };
  const ctx = await subscriber();
  await expect(buyTopUps(worker(away))).rejects.toThrow();
  await turnOff(ctx);
  clock.advanceSeconds(31);
  await round();
  expect(await intentsOf(ctx)).toBe(0);
  expect(await topUpsOf(ctx)).toMatchObject([{ status: "declined", reason: "turned_off" }]);
  expect(to(ctx)).toEqual([]);
  // On again, it begins anew.
  clock.advanceSeconds(1);
  await turnOn(ctx);
  await round();
  expect((await getBillingPreferences(ctx)).topUp).toMatchObject({ pausedBecause: null });
  expect(await purchasesOf(ctx)).toHaveLength(1);

  const lossy = {
    ...desk.payments,
    topUp: async (order: Parameters<typeof desk.payments.topUp>[0]) => {
      await desk.payments.topUp(order);
      throw new Error("the connection was lost");
    },
  };
  const other = await subscriber();
  await expect(buyTopUps(worker(lossy))).rejects.toThrow();
  await turnOff(other);
  clock.advanceSeconds(31);
  await round();
  expect(await topUpsOf(other)).toMatchObject([{ status: "paid" }]);
});

test("a webhook that is faster than the answer leaves nothing under way", async () => {
  const ctx = await subscriber();
  const slow = {
    ...desk.payments,
    topUp: async (order: Parameters<typeof desk.payments.topUp>[0]) => {
      const result = await desk.payments.topUp(order);
      await settled();
      return result;
    },
  };
  await round(slow);
  expect(await topUpsOf(ctx)).toMatchObject([{ status: "paid" }]);
});

test("whoever has reached the cap, or owes, is not looked at in every round", async () => {
  const ctx = await subscriber(1);
  await round();
  await spendAll(ctx);
  const other = await subscriber();
  await other.db
    .update(wallets)
    .set({ available: 0, owed: 5 })
    .where(eq(wallets.userId, other.actor.userId));
  let looks = 0;
  const { db } = worker();
  const counting = new Proxy(db, {
    get(target, key) {
      if (key === "transaction") looks += 1;
      return Reflect.get(target, key);
    },
  });
  await buyTopUps({ ...worker(), db: counting });
  expect(looks).toBe(0);
  expect(await reserveTopUp(worker(), ctx.actor.userId)).toBe("monthly_cap");
  expect(await reserveTopUp(worker(), other.actor.userId)).toBe("wallet_owes");
  await other.db.update(wallets).set({ owed: 0 }).where(eq(wallets.userId, other.actor.userId));
});

test("nothing is bought for a job that would still not fit, nor what the user's switch keeps from being used", async () => {
  const ctx = await subscriber();
  await round();
  // 12 are there, more than the mark, and the job needs 20: it is refused, and that buys nothing.
  await spendAll(ctx, 12);
  const { settings, ...request } = await imageRequest(ctx);
  if (settings.kind !== "image") throw new Error("the plainest request is an image");
  const four = { ...request, settings: { ...settings, count: 4 }, credits: 20 };
  await expect(submitJob(ctx, four)).rejects.toMatchObject({
    problem: { code: "insufficient_credits", required: 20, available: 12 },
  });
  await round();
  expect(await purchasesOf(ctx)).toHaveLength(1);
  await spendAll(ctx);
  await updateBillingPreferences(ctx, { spendScope: "included" });
  expect(await reserveTopUp(worker(), ctx.actor.userId)).toBe("scope_excludes_packs");
  await round();
  expect(await purchasesOf(ctx)).toHaveLength(1);
});

test("without a card, with an unknown pack or a cap below its price it cannot be turned on", async () => {
  const ctx = await buyer();
  await expect(turnOn(ctx)).rejects.toMatchObject({ problem: { code: "payment_method_missing" } });
  await expect(updateBillingPreferences(ctx, { overageLimitCents: 100 })).rejects.toMatchObject({
    problem: { code: "payment_method_missing" },
  });
  await saveCard(desk.stripe, ctx);
  const price = await priceOf(ctx);
  const topUp = { enabled: true, thresholdCredits: 10, packCode: PACK, monthlyCapCents: 100 };
  await expect(updateBillingPreferences(ctx, { topUp })).rejects.toMatchObject({
    problem: {
      code: "invalid_input",
      issues: [{ field: "topUp.monthlyCapCents", rule: "too_small", limit: price }],
    },
  });
  await expect(
    updateBillingPreferences(ctx, { topUp: { ...topUp, packCode: "none" } }),
  ).rejects.toMatchObject({ problem: { code: "product_unavailable", productCode: "none" } });
  await expect(
    updateBillingPreferences(ctx, { spendScope: "all_and_overage" }),
  ).rejects.toMatchObject({ problem: { issues: [{ field: "overageLimitCents" }] } });
  expect((await getBillingPreferences(ctx)).topUp.enabled).toBe(false);
});

test("a purchase that cannot be written down keeps nobody else's from being made, and is told", async () => {
  const people = [await subscriber(), await subscriber(), await subscriber()];
  const broken = people[0]?.actor.userId ?? "";
  const mend = await breakUsers(desk.context().db, "top_ups", [broken]);
  await expect(round()).rejects.toThrow(/^1 of \d+ users failed$/);
  await settled();
  const counts = () => Promise.all(people.map(async (ctx) => (await purchasesOf(ctx)).length));
  expect(await counts()).toEqual([0, 1, 1]);
  await mend();
  await round();
  expect(await counts()).toEqual([1, 1, 1]);
});
