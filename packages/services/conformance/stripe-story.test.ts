import { randomUUID } from "node:crypto";
import {
  failedPayments,
  payments as paymentRows,
  plans,
  stripeCustomers,
  subscriptions,
} from "@tintype/db/schema";
import { createStripePayments } from "@tintype/integrations/payments/stripe/stripe-payments";
import { and, desc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { cancelPlan, changePlan, previewChange, resumePlan } from "../src/billing/change-plan.ts";
import { checkoutStatus } from "../src/billing/checkout-status.ts";
import { getBillingCatalogue, getSubscription } from "../src/billing/get-subscription.ts";
import { listInvoices } from "../src/billing/list-invoices.ts";
import { listPayments } from "../src/billing/list-payments.ts";
import { openPortal, startCheckout } from "../src/billing/start-checkout.ts";
import { balanceOf, days } from "./billing-story.ts";
import { type Buyer, CARD, useStripeDesk } from "./stripe-desk.ts";

const story = useStripeDesk({ maxConnections: 8 });
const { desk, buyer, buy, settled, pass, overhear, grantedTo } = story;
const PACK = "bundle_30m";
const order = (kind: "pack" | "plan", code: string) => ({
  ...{ kind, code, returnTo: "/studio?draft=1", requestId: randomUUID() },
});

const planOf = async (ctx: Buyer) => {
  const [row] = await ctx.db
    .select()
    .from(subscriptions)
    .where(eq(subscriptions.userId, ctx.actor.userId));
  return row;
};
const paymentOf = async (ctx: Buyer) => {
  const [row] = await ctx.db
    .select()
    .from(paymentRows)
    .where(eq(paymentRows.userId, ctx.actor.userId))
    .orderBy(desc(paymentRows.paidAt));
  if (!row) throw new Error("nothing was paid");
  return row;
};
const change = async (ctx: Buyer, planCode: string) => {
  const { previewedAt } = await previewChange(ctx, { planCode });
  return changePlan(ctx, { planCode, previewedAt, requestId: randomUUID() });
};

test("a checkout is opened once per request, for one customer, and comes back to our own page", async () => {
  const ctx = await buyer();
  const asked = order("pack", PACK);
  const opened = await Promise.all([1, 2, 3, 4].map(() => startCheckout(ctx, asked)));
  expect(new Set(opened.map(({ sessionId }) => sessionId)).size).toBe(1);
  const others = await Promise.all([1, 2, 3, 4].map(() => startCheckout(ctx, order("pack", PACK))));
  expect(new Set(others.map(({ sessionId }) => sessionId)).size).toBe(4);
  const customers = await ctx.db
    .select()
    .from(stripeCustomers)
    .where(eq(stripeCustomers.userId, ctx.actor.userId));
  expect(customers).toHaveLength(1);
  expect(customers[0]?.customerId).toMatch(/^cus_/);
  await expect(startCheckout(ctx, { ...asked, code: "bundle_2h" })).rejects.toMatchObject({
    problem: { code: "request_id_reused" },
  });
  await expect(startCheckout(ctx, order("pack", "pro"))).rejects.toMatchObject({
    problem: { code: "product_unavailable" },
  });
});

test("the return page waits for the webhook: open, pending, paid; a stranger learns nothing", async () => {
  const ctx = await buyer();
  const { sessionId } = await startCheckout(ctx, order("pack", PACK));
  expect(await checkoutStatus(ctx, { sessionId })).toEqual({ status: "open", credits: 0 });
  await settled();
  desk.stripe.controls.pauseDeliveries();
  desk.stripe.controls.payCheckout(sessionId, CARD);
  expect(await checkoutStatus(ctx, { sessionId })).toEqual({ status: "pending", credits: 0 });
  desk.stripe.controls.resumeDeliveries();
  await settled();
  expect(await checkoutStatus(ctx, { sessionId })).toEqual({ status: "paid", credits: 1_800 });
  await expect(checkoutStatus(await buyer(), { sessionId })).rejects.toMatchObject({
    problem: { code: "checkout_not_found" },
  });
  const planSession = await buy(ctx, "plan", "small");
  await settled();
  expect(await checkoutStatus(ctx, { sessionId: planSession })).toEqual({
    ...{ status: "paid", credits: 100 },
  });
});

test("a declined card grants nothing, and the next try on the same page does", async () => {
  const ctx = await buyer();
  const { sessionId } = await startCheckout(ctx, order("pack", PACK));
  const declined = { ...CARD, number: "4000 0000 0000 0002" };
  desk.stripe.controls.payCheckout(sessionId, declined);
  await settled();
  expect(await grantedTo(ctx)).toBe(0);
  desk.stripe.controls.payCheckout(sessionId, CARD);
  await settled();
  expect(await grantedTo(ctx)).toBe(1_800);
});

test("of two pages for a plan only the one opened last can be paid", async () => {
  const ctx = await buyer();
  const first = await startCheckout(ctx, order("plan", "small"));
  const asked = order("plan", "medium");
  const second = await startCheckout(ctx, asked);
  expect(await startCheckout(ctx, asked)).toEqual(second);
  expect(await checkoutStatus(ctx, first)).toMatchObject({ status: "expired" });
  expect(await checkoutStatus(ctx, second)).toMatchObject({ status: "open" });
});

test("a plan: taken, shown with its next bill, cancelled, resumed, renewed", async () => {
  const ctx = await buyer();
  await buy(ctx, "plan", "small");
  await settled();
  expect((await getBillingCatalogue(ctx)).currentPlanCode).toBe("small");
  expect(await getSubscription(ctx)).toMatchObject({
    ...{ plan: { code: "small" }, status: "active", cancelAtPeriodEnd: false, failedPayment: null },
    nextBill: { amountCents: 1_000 },
  });
  await expect(startCheckout(ctx, order("plan", "medium"))).rejects.toMatchObject({
    problem: { code: "plan_already_active", planCode: "small" },
  });
  await cancelPlan(ctx);
  expect(await getSubscription(ctx)).toMatchObject({ cancelAtPeriodEnd: true, nextBill: null });
  await resumePlan(ctx);
  await settled();
  expect(await getSubscription(ctx)).toMatchObject({ cancelAtPeriodEnd: false });
  await pass(days(31) / 1_000 + 7_200);
  // The second month is paid; what was not used of the first has rolled over into it.
  expect(await balanceOf(ctx)).toMatchObject({ available: 200 });
  expect((await planOf(ctx))?.status).toBe("active");
  await cancelPlan(ctx);
  await pass(days(31) / 1_000 + 7_200);
  expect(await planOf(ctx)).toMatchObject({ status: "cancelled" });
  expect((await listInvoices(ctx, { limit: 1 })).items).toMatchObject([
    { status: "paid", totalCents: 1_000 },
  ]);
});

test("cancelled and taken back in one second, in the provider's dashboard: it goes on", async () => {
  const ctx = await buyer();
  await buy(ctx, "plan", "small");
  await settled();
  const { reference = "" } = (await planOf(ctx)) ?? {};
  const deliveries = await overhear(async () => {
    await sdk()(`/v1/subscriptions/${reference}`, { cancel_at_period_end: "true" });
    await sdk()(`/v1/subscriptions/${reference}`, { cancel_at_period_end: "false" });
  });
  for (const delivery of deliveries) expect(await story.deliver(delivery)).toBe(200);
  expect(await planOf(ctx)).toMatchObject({ status: "active", cancelAtPeriodEnd: false });
  for (const delivery of deliveries.toReversed()) await story.deliver(delivery);
  expect(await planOf(ctx)).toMatchObject({ cancelAtPeriodEnd: false });
});

test("up at once for the price of the preview, down at the end of the period", async () => {
  const ctx = await buyer();
  await setPrice(ctx, "medium", 3_000);
  await buy(ctx, "plan", "small");
  await settled();
  await pass(days(15) / 1_000);
  const preview = await previewChange(ctx, { planCode: "medium" });
  expect(preview).toMatchObject({ begins: "now", priceCents: 3_000 });
  expect(preview.dueNowCents).toBeGreaterThan(900);
  expect(preview.dueNowCents).toBeLessThan(1_100);
  const requestId = randomUUID();
  const confirmed = { planCode: "medium", previewedAt: preview.previewedAt, requestId };
  expect(await changePlan(ctx, confirmed)).toEqual({ payUrl: null });
  expect(await getSubscription(ctx)).toMatchObject({ plan: { code: "medium" } });
  await settled();
  const { reference: _, ...paid } = await paymentOf(ctx);
  expect(paid).toMatchObject({ kind: "plan", paidCents: preview.dueNowCents });
  // 100, and 200 more for the half of the month that was left.
  const granted = await grantedTo(ctx);
  expect(granted).toBeGreaterThan(190);
  expect(granted).toBeLessThan(210);

  expect(await previewChange(ctx, { planCode: "small" })).toMatchObject({
    ...{ begins: "period_end", dueNowCents: 0 },
  });
  await change(ctx, "small");
  await settled();
  expect(await getSubscription(ctx)).toMatchObject({
    ...{ plan: { code: "medium" }, nextPlanCode: "small", nextBill: { amountCents: 1_000 } },
  });
  await resumePlan(ctx);
  expect(await getSubscription(ctx)).toMatchObject({ nextPlanCode: null });
  await change(ctx, "small");
  await pass(days(20) / 1_000);
  expect(await planOf(ctx)).toMatchObject({ planCode: "small", nextPlanCode: null });
  await expect(previewChange(ctx, { planCode: "small" })).rejects.toMatchObject({
    problem: { code: "plan_unchanged" },
  });
});

test("a failed renewal is shown with its way out, and recovers once", async () => {
  const ctx = await buyer();
  await buy(ctx, "plan", "small");
  await settled();
  const stripe = sdk();
  const broken = await stripe("/v1/payment_methods", {
    ...{ type: "card", "card[token]": "tok_chargeCustomerFail" },
  });
  await stripe(`/v1/payment_methods/${broken.id}/attach`, { customer: await customerOf(ctx) });
  const { reference: subscription = "" } = (await planOf(ctx)) ?? {};
  await stripe(`/v1/subscriptions/${subscription}`, { default_payment_method: broken.id });
  expect(await grantedTo(ctx)).toBe(100);
  await pass(days(31) / 1_000 + 7_200);
  expect(await grantedTo(ctx)).toBe(100);
  const view = await getSubscription(ctx);
  expect(view).toMatchObject({
    status: "past_due",
    failedPayment: { amountDueCents: 1_000, attempts: 1 },
  });
  expect(view?.failedPayment?.payUrl).toMatch(/^http/);
  const { reference } = await failureOf(ctx);
  const card = await stripe("/v1/payment_methods", { type: "card", "card[token]": "tok_visa" });
  await stripe(`/v1/payment_methods/${card.id}/attach`, { customer: await customerOf(ctx) });
  await stripe(`/v1/invoices/${reference}/pay`, { payment_method: card.id });
  await settled();
  expect(await getSubscription(ctx)).toMatchObject({ status: "active", failedPayment: null });
  expect((await failureOf(ctx)).resolvedAt).not.toBeNull();
  expect(await grantedTo(ctx)).toBeGreaterThan(100);
});

test("refunded in two steps, from the provider's side: credits follow the money", async () => {
  const ctx = await buyer();
  await buy(ctx, "pack", PACK);
  await settled();
  const { reference: payment } = await paymentOf(ctx);
  const refund = { payment, orderedBy: "test", note: "asked for", idempotencyKey: randomUUID() };
  await desk.payments.refund({ ...refund, amountCents: 950 });
  await desk.payments.refund({ ...refund, amountCents: 950 });
  await settled();
  expect(await balanceOf(ctx)).toMatchObject({ available: 900, owed: 0 });
  await desk.payments.refund({ ...refund, idempotencyKey: randomUUID(), amountCents: null });
  await settled();
  expect(await balanceOf(ctx)).toMatchObject({ available: 0, owed: 0 });
  expect(await paymentOf(ctx)).toMatchObject({ paidCents: 1_900, refundedCents: 1_900 });
});

test.each(["won", "lost"] as const)(
  "a dispute freezes, and ends when it is %s",
  async (outcome) => {
    const ctx = await buyer();
    await buy(ctx, "pack", PACK);
    await settled();
    const { reference } = await paymentOf(ctx);
    const dispute = desk.stripe.controls.dispute(reference);
    await settled();
    expect(await balanceOf(ctx)).toMatchObject({ available: 0 });
    desk.stripe.controls.closeDispute(dispute.id, outcome);
    await settled();
    expect(await balanceOf(ctx)).toMatchObject({ available: outcome === "won" ? 1_800 : 0 });
    expect((await listPayments(ctx, { limit: 1 })).items).toMatchObject([
      { disputeStatus: outcome },
    ]);
  },
);

test("an inquiry freezes nothing", async () => {
  const ctx = await buyer();
  await buy(ctx, "pack", PACK);
  await settled();
  desk.stripe.controls.dispute((await paymentOf(ctx)).reference, { isInquiry: true });
  await settled();
  expect(await balanceOf(ctx)).toMatchObject({ available: 1_800 });
});

test("a customer who is deleted at the provider ends his plan, and may come back as a new one", async () => {
  const ctx = await buyer();
  await buy(ctx, "plan", "small");
  await settled();
  const before = await customerOf(ctx);
  await sdk()(`/v1/customers/${before}`, {}, "DELETE");
  await settled();
  // Money that goes back to him now is still his: what it paid for goes with it.
  const { reference: payment } = await paymentOf(ctx);
  await desk.payments.refund({
    payment,
    amountCents: 500,
    idempotencyKey: payment,
    orderedBy: "test",
    note: "bye",
  });
  await settled();
  expect(await balanceOf(ctx)).toMatchObject({ available: 50 });
  expect(await planOf(ctx)).toMatchObject({ status: "cancelled" });
  await buy(ctx, "plan", "medium");
  await settled();
  expect(await customerOf(ctx)).not.toBe(before);
  expect(await getSubscription(ctx)).toMatchObject({ plan: { code: "medium" } });
});

test("what is about nobody we know is kept and not booked", async () => {
  const deliveries = await overhear(() => sdk()("/v1/customers", { email: "x@example.com" }));
  for (const delivery of deliveries) expect(await story.deliver(delivery)).toBe(200);
  const strangers = await overhear(async () => {
    const { id } = await sdk()("/v1/customers", { email: "x@example.com" });
    await sdk()(`/v1/customers/${id}`, {}, "DELETE");
  });
  for (const delivery of strangers) await story.deliver(delivery);
  const [last] = strangers.slice(-1);
  const { id } = JSON.parse(last?.body ?? "{}");
  expect(await story.inboxRow(id)).toMatchObject({
    type: "customer.deleted",
    outcome: "unknown_user",
  });
});

test("the portal opens, and with an unreachable provider a person is told so", async () => {
  const ctx = await buyer();
  expect((await openPortal(ctx, { returnTo: "/billing" })).url).toMatch(/^http/);
  const away = createStripePayments({
    ...{ secretKey: "sk_test_x", webhookSecret: "whsec_x", apiBase: "http://127.0.0.1:9" },
  });
  await expect(
    startCheckout({ ...ctx, payments: away }, order("pack", PACK)),
  ).rejects.toMatchObject({ problem: { code: "payments_unavailable" } });
  await expect(
    startCheckout({ ...ctx, payments: null }, order("pack", PACK)),
  ).rejects.toMatchObject({ problem: { code: "payments_unavailable" } });
});

async function setPrice({ db }: Buyer, code: string, priceCents: number) {
  await db.update(plans).set({ priceCents }).where(eq(plans.code, code));
}

async function failureOf(ctx: Buyer) {
  const [row] = await ctx.db
    .select({ reference: failedPayments.invoiceReference, resolvedAt: failedPayments.resolvedAt })
    .from(failedPayments)
    .where(and(eq(failedPayments.userId, ctx.actor.userId), eq(failedPayments.retryCount, 1)));
  if (!row) throw new Error("nothing has failed");
  return row;
}

async function customerOf(ctx: Buyer): Promise<string> {
  const [row] = await ctx.db
    .select()
    .from(stripeCustomers)
    .where(eq(stripeCustomers.userId, ctx.actor.userId));
  return row?.customerId ?? "";
}

/** What a person does in the provider's dashboard, by its API. */
const sdk =
  () =>
  async (
    path: string,
    fields: Record<string, string>,
    method = "POST",
  ): Promise<{ id: string }> => {
    const answer = await fetch(`${desk.stripe.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${desk.stripe.secretKey}` },
      ...(method === "POST" && { body: new URLSearchParams(fields) }),
    });
    const body = (await answer.json()) as { id: string; error?: { message: string } };
    if (body.error) throw new Error(body.error.message);
    return body;
  };
