import { randomUUID } from "node:crypto";
import { failedPayments, payments as paymentRows, plans, subscriptions } from "@tintype/db/schema";
import { createStripePayments } from "@tintype/integrations/payments/stripe/stripe-payments";
import { and, eq, isNull } from "drizzle-orm";
import { expect, test } from "vitest";
import { cancelPlan, changePlan, previewChange } from "../src/billing/change-plan.ts";
import { checkoutStatus } from "../src/billing/checkout-status.ts";
import { getBillingCatalogue, getSubscription } from "../src/billing/get-subscription.ts";
import { listInvoices } from "../src/billing/list-invoices.ts";
import { pausePlan, unpausePlan } from "../src/billing/pause-plan.ts";
import { updateBillingPreferences } from "../src/billing/preferences.ts";
import { getSavedCard } from "../src/billing/saved-card.ts";
import { startCheckout } from "../src/billing/start-checkout.ts";
import { sweepExpiredCredits } from "../src/credits/expire-credits.ts";
import { balanceOf, days } from "./billing-story.ts";
import { customerOf, saveCard, stripeApi } from "./saved-cards.ts";
import { type Buyer, CARD, useStripeDesk } from "./stripe-desk.ts";

// What the owner of a plan may do with it, in every state it can be in.

const { clock, desk, buyer, buy, settled, pass, overhear, deliver, letters } = useStripeDesk({
  maxConnections: 8,
});
const MONTH = days(31) / 1_000 + 7_200;
/** What may be spent now: what is over goes as the schedule would do it. */
async function availableTo(ctx: Buyer): Promise<number | undefined> {
  await sweepExpiredCredits(desk.context());
  return (await balanceOf(ctx))?.available;
}

async function subscriber(plan = "small"): Promise<Buyer> {
  const ctx = await buyer();
  await buy(ctx, "plan", plan);
  await settled();
  return ctx;
}
const asked = () => ({ requestId: randomUUID() });
const going = (how: "free" | "paid") => ({ ...asked(), agreesToPay: how === "paid" });
const change = async (ctx: Buyer, planCode: string) => {
  const { previewedAt } = await previewChange(ctx, { planCode });
  const answer = await changePlan(ctx, { planCode, previewedAt, ...asked() });
  await settled();
  return answer;
};
const referenceOf = async (ctx: Buyer): Promise<string> => {
  const [row] = await ctx.db
    .select({ reference: subscriptions.reference })
    .from(subscriptions)
    .where(eq(subscriptions.userId, ctx.actor.userId));
  if (!row) throw new Error("there is no plan");
  return row.reference;
};
/** From now on the plan is paid with another card. */
async function payWith(ctx: Buyer, card: string): Promise<void> {
  await saveCard(desk.stripe, ctx, card);
  const call = stripeApi(desk.stripe);
  const customer = await customerOf(ctx);
  const { invoice_settings } = await call<{
    invoice_settings: { default_payment_method: string };
  }>("GET", `/v1/customers/${customer}`);
  const { default_payment_method } = invoice_settings;
  await call("POST", `/v1/subscriptions/${await referenceOf(ctx)}`, { default_payment_method });
  await settled();
}
/** What we say was paid, and what the emulator says. */
async function paidBy(ctx: Buyer): Promise<number> {
  await settled();
  const rows = await ctx.db
    .select({ cents: paymentRows.paidCents })
    .from(paymentRows)
    .where(eq(paymentRows.userId, ctx.actor.userId));
  const ours = rows.reduce((sum, { cents }) => sum + cents, 0);
  const customer = await customerOf(ctx);
  const book = desk.stripe.controls.books().find((each) => each.customer === customer);
  expect(ours, "our books, and the emulator's").toBe(book?.paid);
  return ours;
}

// The first one: a year passes, and whoever else had a plan would be billed for all of it.
test("from month to year at the end of the month, with an allowance each month, and back at the end of the year", async () => {
  const ctx = await subscriber();
  expect(await previewChange(ctx, { planCode: "large_year" })).toMatchObject({
    ...{ begins: "period_end", dueNowCents: 0 },
  });
  await change(ctx, "large_year");
  await pass(MONTH);
  const year = await getSubscription(ctx);
  expect(year).toMatchObject({ plan: { code: "large_year" }, nextPlanCode: null });
  const length = (year?.periodEnd.getTime() ?? 0) - (year?.periodStart.getTime() ?? 0);
  expect(length / days(1)).toBeGreaterThan(364);
  // What was left of the month has gone on into the first of the year.
  expect(await availableTo(ctx)).toBe(600);
  expect(await paidBy(ctx)).toBe(2_000);
  await change(ctx, "small");
  await pass(days(366) / 1_000);
  expect(await getSubscription(ctx)).toMatchObject({ plan: { code: "small" }, status: "active" });
  expect(await paidBy(ctx)).toBe(3_000);
});

test("paused and resumed within a paid month, a plan is as if nothing had been", async () => {
  const ctx = await subscriber();
  expect(await getSubscription(ctx)).toMatchObject({ canPause: true, resumeCents: null });
  await pausePlan(ctx, asked());
  expect(await getSubscription(ctx)).toMatchObject({
    ...{ status: "paused", nextBill: null, resumeCents: 0, canPause: false, isRenewing: false },
  });
  await settled();
  expect(await unpausePlan(ctx, going("free"))).toEqual({ payUrl: null });
  await settled();
  expect(await getSubscription(ctx)).toMatchObject({
    ...{ status: "active", nextBill: { amountCents: 1_000 } },
  });
  await pass(MONTH);
  expect(await availableTo(ctx)).toBe(200);
  expect(await paidBy(ctx)).toBe(2_000);
});

test("a paused plan costs nothing and brings nothing, and goes on with a new month from the day it is resumed", async () => {
  const ctx = await subscriber();
  await pausePlan(ctx, asked());
  await pass(MONTH);
  await pass(days(20) / 1_000);
  expect(await paidBy(ctx)).toBe(1_000);
  const paused = await getSubscription(ctx);
  expect(paused).toMatchObject({ status: "paused", resumeCents: 1_000, failedPayment: null });
  // A page that was opened while the month was paid said that it costs nothing.
  const wrong = { problem: { code: "preview_expired" } };
  await expect(unpausePlan(ctx, going("free"))).rejects.toMatchObject(wrong);
  const request = going("paid");
  await unpausePlan(ctx, request);
  // As it is asked for again when its answer was lost, or by a second tab at the same moment.
  await desk.payments.unpause(await referenceOf(ctx), true, request.requestId);
  expect(await unpausePlan(ctx, going("paid"))).toEqual({ payUrl: null });
  expect(await paidBy(ctx)).toBe(2_000);
  expect(await availableTo(ctx)).toBe(100);
  const resumed = await getSubscription(ctx);
  expect(resumed).toMatchObject({ status: "active", isRenewing: false });
  expect(resumed?.periodStart.getTime()).toBeGreaterThan(paused?.periodStart.getTime() ?? 0);
  await pass(MONTH);
  expect(await paidBy(ctx)).toBe(3_000);
  expect(await availableTo(ctx)).toBe(200);
});

test("a paused plan whose end is planned says what going on costs once its paid month is over", async () => {
  const ctx = await subscriber();
  await pausePlan(ctx, asked());
  await pass(MONTH);
  await cancelPlan(ctx);
  expect(await getSubscription(ctx)).toMatchObject({ isPaid: false, resumeCents: 1_000 });
});

test("a card that is declined resumes nothing for nothing: the credits come when it is paid", async () => {
  const ctx = await subscriber();
  await pausePlan(ctx, asked());
  await pass(MONTH);
  await payWith(ctx, "pm_card_chargeCustomerFail");
  const { payUrl } = await unpausePlan(ctx, going("paid"));
  await settled();
  expect(payUrl).toMatch(/^http/);
  expect(await availableTo(ctx)).toBe(0);
  const invoice = payUrl?.split("/").at(-1);
  await saveCard(desk.stripe, ctx, "pm_card_visa");
  await stripeApi(desk.stripe)("POST", `/v1/invoices/${invoice}/pay`, {
    payment_method: "pm_card_visa",
  });
  expect(await paidBy(ctx)).toBe(2_000);
  expect(await availableTo(ctx)).toBe(100);
  expect(await getSubscription(ctx)).toMatchObject({ status: "active", failedPayment: null });
});

test("what waits for the next bill is billed before a pause, which would cancel it", async () => {
  const ctx = await subscriber();
  await desk.payments.billOverage({
    ...{ id: randomUUID(), userId: ctx.actor.userId, customer: await customerOf(ctx) },
    ...{ subscription: await referenceOf(ctx) },
    lines: [{ tier: "standard", cents: 500, credits: 10 }],
  });
  const request = asked();
  await pausePlan(ctx, request);
  await pass(7_200);
  expect(await paidBy(ctx)).toBe(1_500);
  await pass(MONTH);
  expect(await paidBy(ctx)).toBe(1_500);
});

test("what was billed before a pause and is declined is told as what it is, and holds up no plan", async () => {
  const ctx = await subscriber();
  await desk.payments.billOverage({
    ...{ id: randomUUID(), userId: ctx.actor.userId, customer: await customerOf(ctx) },
    ...{ subscription: await referenceOf(ctx) },
    lines: [{ tier: "standard", cents: 500, credits: 10 }],
  });
  await payWith(ctx, "pm_card_chargeCustomerFail");
  await pausePlan(ctx, asked());
  await pass(7_200);
  expect(await getSubscription(ctx)).toMatchObject({
    ...{ isPaid: true, failedPayment: { isPlan: false, amountDueCents: 500 } },
  });
  const told = letters.filter(({ userId }) => userId === ctx.actor.userId);
  expect(told).toMatchObject([{ kind: "receipt" }, { kind: "payment_failed", isPlan: false }]);

  // Before the two were told apart it was written down as the plan's: the next attempt puts that right.
  const asOnce = { subscriptionReference: await referenceOf(ctx) };
  const open = and(eq(failedPayments.userId, ctx.actor.userId), isNull(failedPayments.resolvedAt));
  await ctx.db.update(failedPayments).set(asOnce).where(open);
  await pass(days(8) / 1_000);
  const [row] = await ctx.db.select().from(failedPayments).where(open);
  expect(row?.retryCount).toBeGreaterThan(1);
  expect(row).toMatchObject({ subscriptionReference: null });
});

test("of a plan and of overage that are both unpaid the plan's is told, whichever failed last", async () => {
  const ctx = await subscriber();
  const reference = await referenceOf(ctx);
  const failed = (invoice: string, subscriptionReference: string | null, agoMs: number) => {
    const at = new Date(clock.now().getTime() - agoMs);
    return {
      ...{ userId: ctx.actor.userId, invoiceReference: invoice, subscriptionReference },
      ...{ amountDueCents: 500, retryCount: 1, failedAt: at, createdAt: at, updatedAt: at },
    };
  };
  await ctx.db.insert(failedPayments).values(failed("in_beyond", null, 0));
  expect(await getSubscription(ctx)).toMatchObject({ failedPayment: { isPlan: false } });
  await ctx.db.insert(failedPayments).values(failed("in_plan", reference, days(1)));
  expect(await getSubscription(ctx)).toMatchObject({ failedPayment: { isPlan: true } });
});

test("what waits for the next bill is still owed when a larger plan is not paid", async () => {
  await desk.context().db.execute("update plans set price_cents = 3000 where code = 'medium'");
  const ctx = await subscriber();
  const customer = await customerOf(ctx);
  await desk.payments.billOverage({
    ...{ id: randomUUID(), userId: ctx.actor.userId, customer },
    ...{ subscription: await referenceOf(ctx) },
    lines: [{ tier: "standard", cents: 500, credits: 10 }],
  });
  await payWith(ctx, "pm_card_chargeCustomerFail");
  expect((await change(ctx, "medium")).payUrl).toMatch(/^http/);
  // The change is given up after a day, and its invoice is cancelled.
  await pass(days(2) / 1_000);
  const { data } = await stripeApi(desk.stripe)<{ data: { total: number; status: string }[] }>(
    "GET",
    `/v1/invoices?customer=${customer}`,
  );
  expect(data.map(({ total, status }) => [total, status])).toContainEqual([500, "open"]);
});

test("only a paid month's plan of which nothing else is planned can be paused, and a paused one not be changed", async () => {
  const ctx = await subscriber("medium");
  await cancelPlan(ctx);
  await expect(pausePlan(ctx, asked())).rejects.toMatchObject({
    problem: { code: "plan_not_pausable" },
  });
  const yearly = await subscriber("small_year");
  expect(await getSubscription(yearly)).toMatchObject({ canPause: false });
  await expect(pausePlan(yearly, asked())).rejects.toMatchObject({
    problem: { code: "plan_not_pausable" },
  });
  const paused = await subscriber();
  await pausePlan(paused, asked());
  await expect(previewChange(paused, { planCode: "large" })).rejects.toMatchObject({
    problem: { code: "plan_paused" },
  });
  await cancelPlan(paused);
  await pass(MONTH);
  expect(await getSubscription(paused)).toBeNull();
  expect(await paidBy(paused)).toBe(1_000);
});

test("whoever pays for a larger plan goes on with it, though its end was planned; unpaid, the end stands", async () => {
  await desk.context().db.execute("update plans set price_cents = 3000 where code = 'medium'");
  const ctx = await subscriber();
  await cancelPlan(ctx);
  expect(await change(ctx, "medium")).toEqual({ payUrl: null });
  expect(await getSubscription(ctx)).toMatchObject({
    ...{ plan: { code: "medium" }, cancelAtPeriodEnd: false, nextBill: { amountCents: 3_000 } },
  });
  const poor = await subscriber();
  await cancelPlan(poor);
  await payWith(poor, "pm_card_chargeCustomerFail");
  expect((await change(poor, "medium")).payUrl).toMatch(/^http/);
  expect(await getSubscription(poor)).toMatchObject({
    ...{ plan: { code: "small" }, cancelAtPeriodEnd: true, nextBill: null },
  });
  await pass(MONTH);
  expect(await getSubscription(poor)).toBeNull();
  expect(await paidBy(poor)).toBe(1_000);
});

test("a larger plan takes the place of a smaller one that was planned", async () => {
  const ctx = await subscriber("medium");
  await change(ctx, "small_year");
  expect(await getSubscription(ctx)).toMatchObject({ nextPlanCode: "small_year" });
  await desk.context().db.execute("update plans set price_cents = 9000 where code = 'huge'");
  await change(ctx, "huge");
  expect(await getSubscription(ctx)).toMatchObject({
    ...{ plan: { code: "huge" }, nextPlanCode: null, nextBill: { amountCents: 9_000 } },
  });
  await paidBy(ctx);
});

test("a larger plan that is not paid leaves the one that was planned, and it comes when the month is over", async () => {
  const ctx = await subscriber("medium");
  await change(ctx, "small_year");
  await payWith(ctx, "pm_card_chargeCustomerFail");
  await desk.context().db.execute("update plans set price_cents = 9000 where code = 'huge'");
  expect((await change(ctx, "huge")).payUrl).toMatch(/^http/);
  const planned = { plan: { code: "medium" }, status: "active", nextPlanCode: "small_year" };
  expect(await getSubscription(ctx)).toMatchObject(planned);
  // Nobody paid: Stripe gives it up after 23 hours.
  await pass(86_400);
  expect(await getSubscription(ctx)).toMatchObject(planned);
  await payWith(ctx, "pm_card_visa");
  await pass(MONTH);
  expect(await getSubscription(ctx)).toMatchObject({
    ...{ plan: { code: "small_year" }, status: "active", nextPlanCode: null },
  });
  await paidBy(ctx);
});

test("a larger plan that is paid late takes the planned one's place; one that is planned after it stands", async () => {
  await desk.context().db.execute("update plans set price_cents = 9000 where code = 'huge'");
  const waiting = async () => {
    const ctx = await subscriber("medium");
    await change(ctx, "small_year");
    await payWith(ctx, "pm_card_chargeCustomerFail");
    const { payUrl } = await change(ctx, "huge");
    const path = `/v1/invoices/${payUrl?.split("/").at(-1)}/pay`;
    const form = { payment_method: "pm_card_visa" };
    const told = await overhear(() => stripeApi(desk.stripe)("POST", path, form));
    await payWith(ctx, "pm_card_visa");
    const tell = async () => {
      for (const delivery of told) expect(await deliver(delivery)).toBe(200);
    };
    return { ctx, tell };
  };
  const larger = { plan: { code: "huge" }, status: "active" };
  const first = await waiting();
  await first.tell();
  expect(await getSubscription(first.ctx)).toMatchObject({ ...larger, nextPlanCode: null });
  await paidBy(first.ctx);

  // Told when something else has been decided, the payment takes nothing of that back.
  const second = await waiting();
  await change(second.ctx, "small");
  await second.tell();
  await pass(86_400);
  expect(await getSubscription(second.ctx)).toMatchObject({ ...larger, nextPlanCode: "small" });
  await pass(MONTH);
  expect(await getSubscription(second.ctx)).toMatchObject({ plan: { code: "small" } });
  await paidBy(second.ctx);
});

test("a plan that was lost unpaid says so, and does not hold up the one that is bought after it", async () => {
  const ctx = await subscriber();
  await payWith(ctx, "pm_card_chargeCustomerFail");
  await pass(MONTH);
  expect(await getSubscription(ctx)).toMatchObject({ failedPayment: { amountDueCents: 1_000 } });
  await pass(days(16) / 1_000);
  expect(await getSubscription(ctx)).toBeNull();
  expect(await getBillingCatalogue(ctx)).toMatchObject({
    ...{ currentPlanCode: null, endedPlan: { name: "small", wasUnpaid: true } },
  });
  await buy(ctx, "plan", "medium");
  await settled();
  expect(await getSubscription(ctx)).toMatchObject({
    ...{ plan: { code: "medium" }, status: "active", failedPayment: null },
  });
  expect((await getBillingCatalogue(ctx)).endedPlan).toBeNull();
  await paidBy(ctx);
});

test("in the hour in which a renewal waits for its payment the page can say so", async () => {
  const ctx = await subscriber();
  expect(await getSubscription(ctx)).toMatchObject({ isRenewing: false });
  const end = (await getSubscription(ctx))?.periodEnd.getTime() ?? 0;
  await pass((end - clock.now().getTime()) / 1_000 + 60);
  expect(await getSubscription(ctx)).toMatchObject({
    ...{ status: "active", isRenewing: true, canPause: false },
  });
  await expect(pausePlan(ctx, asked())).rejects.toMatchObject({
    problem: { code: "plan_not_pausable" },
  });
  await pass(7_200);
  expect(await getSubscription(ctx)).toMatchObject({ status: "active", isRenewing: false });
  await cancelPlan(ctx);
  await pass(MONTH);
  expect((await getBillingCatalogue(ctx)).endedPlan).toMatchObject({ wasUnpaid: false });
});

test.each([
  ["AT611904300234573201", "paid", 1_800],
  ["AT861904300235473202", "failed", 0],
] as const)(
  "a bank debit takes days: meanwhile the page says so, and with %s it ends %s",
  async (iban, status, credits) => {
    const ctx = await buyer();
    const order = { kind: "pack", code: "bundle_30m", returnTo: "/studio", ...asked() } as const;
    const { sessionId } = await startCheckout(ctx, order);
    desk.stripe.controls.payCheckout(sessionId, { ...CARD, number: iban });
    await settled();
    expect(await checkoutStatus(ctx, { sessionId })).toEqual({ status: "processing", credits: 0 });
    expect(await availableTo(ctx)).toBe(0);
    await pass(60);
    expect(await checkoutStatus(ctx, { sessionId })).toEqual({ status, credits });
    expect(await availableTo(ctx)).toBe(credits);
  },
);

test.each([
  ["cannot be reached", { apiBase: "http://127.0.0.1:9", secretKey: "sk_test_x" }],
  ["takes our key no more", { secretKey: "taken_back" }],
])("with a provider that %s the plan is shown as our books know it", async (_, options) => {
  const ctx = await subscriber();
  const away = {
    ...ctx,
    payments: createStripePayments({
      ...{ apiBase: desk.stripe.url, webhookSecret: "whsec_x", ...options },
    }),
  };
  expect(await getSubscription(away)).toMatchObject({
    ...{ plan: { code: "small" }, status: "active", nextBill: null, isNextBillKnown: false },
  });
  const refusal = { problem: { code: "payments_unavailable" } };
  await expect(getSavedCard(away)).rejects.toMatchObject(refusal);
  await expect(listInvoices(away, { limit: 5 })).rejects.toMatchObject(refusal);
});

test("a provider that does not answer keeps the page waiting for seconds, not for a minute", async () => {
  const silent = () => new Promise<never>(() => undefined);
  const ctx = await subscriber();
  await pausePlan(ctx, asked());
  await pass(2 * MONTH);
  const payments = { ...desk.payments, previewNextBill: silent, findCard: silent };
  const waiting = { ...ctx, payments };
  const asking = performance.now();
  const [shown, card, limit] = await Promise.allSettled([
    getSubscription(waiting),
    getSavedCard(waiting),
    updateBillingPreferences(waiting, { overageLimitCents: 500 }),
  ]);
  expect(performance.now() - asking).toBeLessThan(30_000);
  expect(shown).toMatchObject({
    value: { status: "paused", isNextBillKnown: false, resumeCents: null },
  });
  for (const refused of [card, limit]) {
    expect(refused).toMatchObject({ reason: { problem: { code: "payments_unavailable" } } });
  }
});

const priceAs = (code: string, priceCents: number) =>
  desk.context().db.update(plans).set({ priceCents }).where(eq(plans.code, code));

test("the preview of a larger plan names the credits that then come, whatever changes went before", async () => {
  const ctx = await subscriber();
  await priceAs("medium", 3_000);
  await priceAs("large", 6_000);
  const upTo = async (planCode: string) => {
    const before = (await availableTo(ctx)) ?? 0;
    const { creditsNow } = await previewChange(ctx, { planCode });
    await change(ctx, planCode);
    expect((await availableTo(ctx)) ?? 0).toBe(before + creditsNow);
    return creditsNow;
  };
  await pass(days(10) / 1_000);
  const first = await upTo("medium");
  expect(first).toBeGreaterThan(0);
  await pass(days(5) / 1_000);
  expect(await upTo("large")).toBeGreaterThan(0);
  // What begins with the next month brings nothing today.
  expect(await previewChange(ctx, { planCode: "small" })).toMatchObject({ creditsNow: 0 });
});

test("the preview counts from the whole second, as the provider and the grant do", async () => {
  const ctx = await subscriber();
  await priceAs("medium", 3_000);
  // The month began in this very second: counted from a millisecond later, a credit less would be promised.
  clock.advanceSeconds(0.999);
  const { creditsNow, previewedAt } = await previewChange(ctx, { planCode: "medium" });
  const before = (await availableTo(ctx)) ?? 0;
  await changePlan(ctx, { planCode: "medium", previewedAt, ...asked() });
  await settled();
  clock.advanceSeconds(-0.999);
  expect((await availableTo(ctx)) ?? 0).toBe(before + creditsNow);
});

test("a yearly plan's preview counts the month that runs, not the year", async () => {
  const ctx = await subscriber("small_year");
  await priceAs("large_year", 50_000);
  await pass(days(40) / 1_000);
  const before = (await availableTo(ctx)) ?? 0;
  const { creditsNow } = await previewChange(ctx, { planCode: "large_year" });
  await change(ctx, "large_year");
  expect(creditsNow).toBeGreaterThan(0);
  expect((await availableTo(ctx)) ?? 0).toBe(before + creditsNow);
});
