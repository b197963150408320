import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { addMonths } from "@tintype/core/periods";
import { payments as paymentRows, plans, stripeCustomers, subscriptions } from "@tintype/db/schema";
import type { PaymentProvider } from "@tintype/integrations/payments/payments";
import { createStripePayments } from "@tintype/integrations/payments/stripe/stripe-payments";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { refundPayment } from "../src/admin/refund-payment.ts";
import { cancelPlan, changePlan, previewChange } from "../src/billing/change-plan.ts";
import { getSubscription } from "../src/billing/get-subscription.ts";
import { listInvoices } from "../src/billing/list-invoices.ts";
import { pausePlan, unpausePlan } from "../src/billing/pause-plan.ts";
import { openPortal, startCheckout } from "../src/billing/start-checkout.ts";
import { balanceOf, days, later } from "./billing-story.ts";
import { useRefundDesk } from "./refund-desk.ts";
import { customerOf, saveCard, stripeApi } from "./saved-cards.ts";
import { type Buyer, signed, useStripeDesk } from "./stripe-desk.ts";

const story = useStripeDesk({ maxConnections: 8 });
const { desk, buyer, buy, settled, overhear } = story;
const { admin, ordersOf } = useRefundDesk(story);
const PACK = "bundle_30m";
const planOrder = (code: string) => ({
  ...{ kind: "plan" as const, code, returnTo: "/billing", requestId: randomUUID() },
});

async function bought() {
  const ctx = await buyer();
  await buy(ctx, "pack", PACK);
  await settled();
  const [payment] = await ctx.db
    .select()
    .from(paymentRows)
    .where(eq(paymentRows.userId, ctx.actor.userId));
  if (!payment) throw new Error("nothing was paid");
  const of = { userId: ctx.actor.userId, paymentReference: payment.reference };
  return { ctx, of, reference: payment.reference };
}

/** Stripe when it is ill: it answers, and knows nothing. */
async function withIllProvider(work: (payments: PaymentProvider) => Promise<void>) {
  const server = createServer((_, response) => {
    response.writeHead(500, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { type: "api_error", message: "sorry" } }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const apiBase = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await work(createStripePayments({ secretKey: "sk_test", webhookSecret: "whsec", apiBase }));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a customer whose end is told late takes no plan along that has come since", async () => {
  const { ctx, events } = await story.customer();
  const now = story.clock.now();
  const month = { start: now, end: addMonths(now, 1) };
  await story.tell(
    events.subscription(now, month),
    events.subscription(later(now, 5_000), month, { subscription: "sub_2" }),
    {
      ...{ type: "customer_deleted", userId: ctx.actor.userId, customer: "cus_old" },
      at: later(now, 1_000),
    },
  );
  const rows = await ctx.db
    .select()
    .from(subscriptions)
    .where(eq(subscriptions.userId, ctx.actor.userId));
  expect(rows.map(({ reference, status }) => `${reference} ${status}`).toSorted()).toEqual([
    "sub_1 cancelled",
    "sub_2 active",
  ]);
});

test("a refund may have the longest reason there is; the provider's books say who wanted it and why", async () => {
  const { of, reference } = await bought();
  const who = admin();
  const reason = "x".repeat(500);
  const asked = { ...of, cents: 100, requestId: randomUUID(), reason };
  expect(await refundPayment(who, asked)).toEqual({ status: "accepted", cents: 100 });
  type Page = { data: { metadata: object }[] };
  const path = `/v1/refunds?payment_intent=${reference}`;
  const { data } = await stripeApi(desk.stripe)<Page>("GET", path);
  expect(data).toMatchObject([{ metadata: { orderedBy: who.actor.userId, note: reason } }]);
  // The same request with another sum is another request.
  await expect(refundPayment(who, { ...asked, cents: 200 })).rejects.toMatchObject({
    problem: { code: "request_id_reused" },
  });
});

test("an ill provider is one that cannot be reached: a refund is unknown, a buyer is told to come back", async () => {
  const { ctx, of } = await bought();
  await withIllProvider(async (payments) => {
    const asked = { ...of, cents: 100, requestId: randomUUID(), reason: "a favour" };
    expect(await refundPayment(admin(payments), asked)).toMatchObject({ status: "unknown" });
    await expect(openPortal({ ...ctx, payments }, { returnTo: "/billing" })).rejects.toMatchObject({
      problem: { code: "payments_unavailable" },
    });
  });
});

test("a refund of which nothing is known yet keeps the next one waiting, whatever else is told", async () => {
  const { of, reference } = await bought();
  const refund = (payments?: PaymentProvider) =>
    refundPayment(admin(payments), { ...of, cents: 500, requestId: randomUUID(), reason: "lost" });
  await withIllProvider(async (payments) => {
    expect(await refund(payments)).toMatchObject({ status: "unknown" });
  });
  // Somebody refunds a little of the same payment in the provider's dashboard.
  await story.pass(60);
  const form = { payment_intent: reference, amount: "100" };
  await stripeApi(desk.stripe)("POST", "/v1/refunds", form);
  await settled();
  await expect(refund()).rejects.toMatchObject({ problem: { code: "refund_pending", cents: 500 } });
});

test("an order is asked for while its key is known, and stays on record for whoever asks later who wanted it", async () => {
  const { of, reference } = await bought();
  let asked = 0;
  const counting: PaymentProvider = {
    ...desk.payments,
    refund: (request) => {
      asked += 1;
      return desk.payments.refund(request);
    },
  };
  const who = admin(counting);
  const order = { ...of, cents: 300, requestId: randomUUID(), reason: "a favour" };
  desk.stripe.controls.pauseDeliveries();
  await refundPayment(who, order);
  // A tab that was asleep sends it again: Stripe has forgotten the key and would make a second refund.
  story.clock.advanceSeconds(25 * 3_600);
  expect(await refundPayment(who, order)).toEqual({ status: "accepted", cents: 300 });
  expect(asked).toBe(1);
  const lost = { ...of, cents: 200, requestId: randomUUID(), reason: "lost" };
  await withIllProvider(async (payments) => {
    expect(await refundPayment({ ...who, payments }, lost)).toMatchObject({ status: "unknown" });
  });
  story.clock.advanceSeconds(25 * 3_600);
  expect(await refundPayment(who, lost)).toMatchObject({ status: "unknown" });
  expect(asked).toBe(1);
  desk.stripe.controls.advance(2 * 25 * 3_600);
  desk.stripe.controls.resumeDeliveries();
  await settled();
  const records = await ordersOf(reference);
  const by = who.actor.userId;
  expect(records.map(({ orderedBy, note }) => [orderedBy, note]).toSorted()).toEqual([
    [by, "a favour"],
    [by, "lost"],
  ]);
});

test("a plan that is paid and not told yet is not bought a second time", async () => {
  const ctx = await buyer();
  desk.stripe.controls.pauseDeliveries();
  await buy(ctx, "plan", "small");
  await expect(startCheckout(ctx, planOrder("medium"))).rejects.toMatchObject({
    problem: { code: "plan_already_active", planCode: "small" },
  });
  desk.stripe.controls.resumeDeliveries();
  await settled();
  expect(await balanceOf(ctx)).toMatchObject({ available: 100 });
});

test("of pages for plans that were opened at the same moment one can be paid", async () => {
  const ctx = await buyer();
  await openPortal(ctx, { returnTo: "/billing" });
  const opened = await Promise.all(
    ["small", "medium", "large"].map((code) => startCheckout(ctx, planOrder(code))),
  );
  const states = await Promise.all(
    opened.map(({ sessionId }) => desk.payments.findCheckout(sessionId)),
  );
  expect(states.map((state) => state?.status).toSorted()).toEqual(["expired", "expired", "open"]);
});

test("one user opens only so many pages of the provider; others, and the same one later, go on", async () => {
  const ctx = await buyer();
  const portal = () => openPortal(ctx, { returnTo: "/billing" });
  const refused = { problem: { code: "too_many_attempts", retryAfterSeconds: 900 } };
  const { payments } = ctx;
  if (!payments) throw new Error("nothing is sold");
  // Not the emulator's hundred pages: only how often it is asked matters.
  ctx.payments = { ...payments, openPortal: () => Promise.resolve("http://stripe.example") };
  for (let page = 0; page < 60; page += 1) await portal();
  await expect(portal()).rejects.toMatchObject(refused);
  await expect(startCheckout(ctx, planOrder("small"))).rejects.toMatchObject(refused);
  await openPortal(await buyer(), { returnTo: "/billing" });
  await story.pass(901);
  await portal();
});

test("a price that was shown before the plan was renewed is not the price any more", async () => {
  const ctx = await buyer();
  await buy(ctx, "plan", "small");
  await ctx.db.update(plans).set({ priceCents: 2_000 }).where(eq(plans.code, "medium"));
  await settled();
  const renewal = addMonths(story.clock.now(), 1).getTime() - story.clock.now().getTime();
  await story.pass(renewal / 1_000 - 60);
  const { previewedAt } = await previewChange(ctx, { planCode: "medium" });
  await story.pass(2 * 3_600);
  const late = { planCode: "medium", requestId: randomUUID() };
  await expect(changePlan(ctx, { ...late, previewedAt })).rejects.toMatchObject({
    problem: { code: "preview_expired" },
  });
  // Not an hour old, and of the period before.
  const { periodStart } = (await getSubscription(ctx)) ?? {};
  const before = new Date((periodStart?.getTime() ?? 0) - 1_000);
  const back = (before.getTime() - story.clock.now().getTime()) / 1_000 + 1_800;
  story.clock.advanceSeconds(back);
  await expect(changePlan(ctx, { ...late, previewedAt: before })).rejects.toMatchObject({
    problem: { code: "preview_expired" },
  });
  story.clock.advanceSeconds(-back);
});

test("an upgrade that is told after the plan was paused and began anew is booked in its own period", async () => {
  const ctx = await buyer();
  await ctx.db.update(plans).set({ priceCents: 2_000 }).where(eq(plans.code, "medium"));
  const start = story.clock.now();
  await buy(ctx, "plan", "small");
  await settled();
  await story.pass(days(10) / 1_000);
  const upgrade = await overhear(async () => {
    const { previewedAt } = await previewChange(ctx, { planCode: "medium" });
    await changePlan(ctx, { planCode: "medium", previewedAt, requestId: randomUUID() });
  });
  await pausePlan(ctx, { requestId: randomUUID() });
  await story.pass(days(35) / 1_000);
  await unpausePlan(ctx, { requestId: randomUUID(), agreesToPay: true });
  await settled();
  const before = await story.grantedTo(ctx);
  for (const delivery of upgrade) expect(await story.deliver(signed(delivery.body))).toBe(200);
  // 200 more a month, for all but ten days of it; what was paid for is there, late as it is.
  const month = addMonths(start, 1).getTime() - start.getTime();
  const late = Math.floor((200 * (month - days(10))) / month);
  expect((await story.grantedTo(ctx)) - before).toBe(late);
});

test("a plan that somebody has set up by hand in the dashboard is the customer's, and he can end it", async () => {
  // Whoever takes the plan first makes its price.
  await buy(await buyer(), "plan", "small");
  const ctx = await buyer();
  await saveCard(desk.stripe, ctx);
  const call = stripeApi(desk.stripe);
  type Page = { data: { id: string; product: string }[] };
  const prices = await call<Page>("GET", "/v1/prices?limit=100");
  const price = prices.data.find(({ product }) => product === "tintype_plan_small");
  const customer = await customerOf(ctx);
  await call("POST", "/v1/subscriptions", { customer, "items[0][price]": price?.id ?? "" });
  await settled();
  expect(await balanceOf(ctx)).toMatchObject({ available: 100 });
  await cancelPlan(ctx);
  expect(await getSubscription(ctx)).toMatchObject({ cancelAtPeriodEnd: true });
});

test("a customer and a plan that the provider does not know keep nobody from buying", async () => {
  const ctx = await buyer();
  const strange = { customerId: "cus_of_other_keys", requestId: randomUUID() };
  const { userId } = ctx.actor;
  await ctx.db.insert(stripeCustomers).values({ userId, ...strange, createdAt: ctx.now() });
  expect(await listInvoices(ctx, { limit: 5 })).toEqual({ items: [], nextCursor: null });
  await buy(ctx, "pack", PACK);
  await settled();
  expect(await balanceOf(ctx)).toMatchObject({ available: 1_800 });
  expect((await listInvoices(ctx, { limit: 5 })).items).toHaveLength(1);

  const { ctx: other, events } = await story.customer();
  const now = story.clock.now();
  await story.tell(events.subscription(now, { start: now, end: addMonths(now, 1) }));
  const subscriber: Buyer = { ...other, payments: desk.payments };
  expect(await getSubscription(subscriber)).toMatchObject({ status: "active", nextBill: null });
});
