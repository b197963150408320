import { failedPayments, overageBills, payments, webhookEvents } from "@tintype/db/schema";
import { eq, inArray } from "drizzle-orm";
import { expect, test } from "vitest";
import { balanceOf } from "../../conformance/billing-story.ts";
import { customerOf, saveCard, stripeApi } from "../../conformance/saved-cards.ts";
import { type Buyer, eventIn, useStripeDesk } from "../../conformance/stripe-desk.ts";
import { getBillingPreferences } from "./preferences.ts";

const { desk, buyer, buy, settled, overhear, deliver, letters } = useStripeDesk();

/** What an operator does in the dashboard: an item, an invoice, and off it goes. */
async function invoiceByHand(ctx: Buyer, item: Record<string, string> = {}): Promise<string> {
  const call = stripeApi(desk.stripe);
  const customer = await customerOf(ctx);
  const { id } = await call<{ id: string }>("POST", "/v1/invoices", { customer });
  const line = { customer, invoice: id, amount: "5000", currency: "usd", ...item };
  await call("POST", "/v1/invoiceitems", { ...line, description: "Consulting" });
  await call("POST", `/v1/invoices/${id}/finalize`);
  return id;
}
const pay = (invoice: string) =>
  stripeApi(desk.stripe)("POST", `/v1/invoices/${invoice}/pay`).catch((error: unknown) => error);

async function paymentOf(invoice: string): Promise<string> {
  type Page = { data: { payment: { payment_intent: string } }[] };
  const path = `/v1/invoice_payments?invoice=${invoice}&status=paid`;
  const [paid] = (await stripeApi(desk.stripe)<Page>("GET", path)).data;
  if (!paid) throw new Error(`${invoice} is paid`);
  return paid.payment.payment_intent;
}

/** Nothing of a bill, a payment, a failure, a letter, a debt or a limit that is closed. */
async function expectUntouched(ctx: Buyer): Promise<void> {
  const { userId } = ctx.actor;
  for (const table of [payments, failedPayments, overageBills]) {
    expect(await ctx.db.select().from(table).where(eq(table.userId, userId))).toEqual([]);
  }
  expect(letters.filter((letter) => letter.userId === userId)).toEqual([]);
  expect((await balanceOf(ctx)) ?? { owed: 0, available: 0 }).toMatchObject({
    ...{ owed: 0, available: 0 },
  });
  expect(await getBillingPreferences(ctx)).toMatchObject({
    ...{ isOverageBlocked: false, upcomingOverage: null },
  });
}

test("an invoice made by hand for a customer is kept as news and is nothing to our books: paid, refunded, disputed, in any order", async () => {
  for (const isReversed of [false, true]) {
    const ctx = await buyer();
    await saveCard(desk.stripe, ctx);
    const deliveries = await overhear(async () => {
      const invoice = await invoiceByHand(ctx);
      await pay(invoice);
      const payment = await paymentOf(invoice);
      const order = { payment, amountCents: 10, note: "", orderedBy: "dashboard" };
      await desk.payments.refund({ ...order, idempotencyKey: `hand:${payment}` });
      const { id } = desk.stripe.controls.dispute(payment, { amount: 100 });
      desk.stripe.controls.closeDispute(id, "lost");
    });
    const order = isReversed ? deliveries.toReversed() : deliveries;
    for (const delivery of [...order, ...order]) expect(await deliver(delivery)).toBe(200);
    await expectUntouched(ctx);
    const ids = deliveries.map((delivery) => eventIn(delivery).id);
    const rows = await ctx.db.select().from(webhookEvents).where(inArray(webhookEvents.id, ids));
    expect(rows).toHaveLength(ids.length);
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(["ignored"]));
    expect(rows.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["invoice.paid", "charge.refunded", "charge.dispute.closed"]),
    );
  }
});

test("one that is not paid, or cancelled, closes nothing and writes to nobody", async () => {
  const ctx = await buyer();
  await saveCard(desk.stripe, ctx, "pm_card_chargeCustomerFail");
  const [unpaid, cancelled] = [await invoiceByHand(ctx), await invoiceByHand(ctx)];
  await pay(unpaid);
  await stripeApi(desk.stripe)("POST", `/v1/invoices/${cancelled}/void`);
  await settled();
  await expectUntouched(ctx);
});

test("a failure of one that was booked before we told them apart ends with it: paid, cancelled or given up", async () => {
  const ctx = await buyer();
  await saveCard(desk.stripe, ctx);
  const { userId } = ctx.actor;
  const call = stripeApi(desk.stripe);
  const ends = {
    paid: pay,
    cancelled: (invoice: string) => call("POST", `/v1/invoices/${invoice}/void`),
    "given up": (invoice: string) => call("POST", `/v1/invoices/${invoice}/mark_uncollectible`),
  };
  for (const [how, end] of Object.entries(ends)) {
    const invoice = await invoiceByHand(ctx);
    const failure = { invoiceReference: invoice, amountDueCents: 5_000, retryCount: 1 };
    const payUrl = "https://pay.example.com/1";
    const at = { failedAt: ctx.now(), createdAt: ctx.now(), updatedAt: ctx.now() };
    await ctx.db.insert(failedPayments).values({ userId, ...failure, payUrl, ...at });
    await end(invoice);
    await settled();
    const [row] = await ctx.db
      .select()
      .from(failedPayments)
      .where(eq(failedPayments.invoiceReference, invoice));
    expect(row, how).toMatchObject({ payUrl: null, resolvedAt: expect.any(Date) });
  }
  // What was paid is still between the two of them.
  expect(await ctx.db.select().from(payments).where(eq(payments.userId, userId))).toEqual([]);
  expect(letters.filter((letter) => letter.userId === userId)).toEqual([]);
});

test("what is ours stays ours: a plan with an item by hand on its invoice, its refund told before it", async () => {
  const ctx = await buyer();
  await saveCard(desk.stripe, ctx);
  const deliveries = await overhear(async () => {
    const customer = await customerOf(ctx);
    const item = { customer, amount: "700", currency: "usd", description: "Set-up" };
    await stripeApi(desk.stripe)("POST", "/v1/invoiceitems", item);
    await buy(ctx, "plan", "creator");
    const path = `/v1/charges?customer=${customer}`;
    type Page = { data: { payment_intent: string }[] };
    const [charge] = (await stripeApi(desk.stripe)<Page>("GET", path)).data;
    const payment = charge?.payment_intent ?? "";
    const order = { payment, amountCents: 100, note: "", orderedBy: "admin" };
    await desk.payments.refund({ ...order, idempotencyKey: `ours:${payment}` });
  });
  for (const delivery of deliveries.toReversed()) expect(await deliver(delivery)).toBe(200);
  const [payment] = await ctx.db
    .select()
    .from(payments)
    .where(eq(payments.userId, ctx.actor.userId));
  expect(payment).toMatchObject({ kind: "plan", refundedCents: 100 });
  expect((await balanceOf(ctx))?.available).toBeGreaterThan(0);
});
