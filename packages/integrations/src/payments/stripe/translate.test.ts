import { billingEvent } from "@tintype/core/billing-events";
import type { Stripe } from "stripe";
import { expect, test } from "vitest";
import { orderOf, planCodeOf, planProductId, refundMetadata, userIdIn } from "./orders.ts";
import { isOurs, ofPaidInvoice, ofUnpaidInvoice } from "./translate-invoices.ts";
import {
  ofCheckout,
  ofDecline,
  ofDispute,
  ofPaymentIntent,
  ofRefund,
  ofRefundedCharge,
} from "./translate-payments.ts";
import { ofSubscription } from "./translate-subscriptions.ts";

const userId = "0195c6a8-0000-7000-8000-000000000001";
const at = new Date("2026-06-16T12:00:00Z");
const told = { userId, at };
const seconds = (text: string) => Date.parse(text) / 1_000;
const order = { userId, userEmail: "ada@example.com", kind: "pack", code: "big", credits: "500" };

/** Only what is read of an object; what is left out is nobody's business here. */
const as = <T>(object: object): T => object as T;
const charge = (more: object = {}) =>
  as<Stripe.Charge>({
    ...{ id: "ch_1", currency: "usd", payment_intent: "pi_1", metadata: order, amount: 1_000 },
    ...{ amount_captured: 1_000, amount_refunded: 250, created: seconds("2026-06-01T12:00:00Z") },
    ...more,
  });

test("the checkout and its payment tell the same payment and the same credits", () => {
  const session = as<Stripe.Checkout.Session>({
    ...{ id: "cs_1", mode: "payment", payment_status: "paid", payment_intent: "pi_1" },
    ...{ amount_total: 1_000, currency: "usd", metadata: order },
  });
  const intent = as<Stripe.PaymentIntent>({
    ...{
      id: "pi_1",
      status: "succeeded",
      amount_received: 1_000,
      currency: "usd",
      metadata: order,
    },
  });
  const payment = {
    reference: "pi_1",
    kind: "pack",
    productCode: "big",
    paidCents: 1_000,
    paidAt: at,
  };
  const settled = [{ type: "payment_settled", userId, payment, credits: 500 }];
  expect(ofCheckout(session, told)).toEqual(settled);
  expect(ofPaymentIntent(intent, told)).toEqual(settled);
  // A bank's transfer that is on its way is told again when it has come.
  expect(ofCheckout({ ...session, payment_status: "unpaid" }, told)).toEqual([]);
  // Of a plan its invoice tells, of somebody else's order nobody.
  expect(ofCheckout({ ...session, mode: "subscription" }, told)).toEqual([]);
  expect(ofPaymentIntent({ ...intent, metadata: {} }, told)).toEqual([]);
  // For nothing: there is no payment intent then.
  const gift = ofCheckout({ ...session, payment_intent: null, amount_total: 0 }, told);
  expect(gift).toMatchObject([{ payment: { reference: "cs_1", paidCents: 0 }, credits: 500 }]);
  expect(() => ofCheckout({ ...session, currency: "eur" }, told)).toThrow("eur");
});

test("an order of ours that does not say what was bought is an error, not a gift", () => {
  expect(() => orderOf({ kind: "pack", code: "big", credits: "1e9" })).toThrow("does not say");
  expect(() => orderOf({ kind: "pack", credits: "5" })).toThrow("does not say");
  expect(orderOf({ kind: "donation" })).toBeNull();
  expect(userIdIn({ userId: "1; drop table users" })).toBeNull();
  expect(planCodeOf(planProductId("small_year"))).toBe("small_year");
  expect(planCodeOf("prod_Abc")).toBeNull();
});

test("a refund tells all that has been refunded, of a pack or of an invoice", () => {
  expect(ofRefundedCharge(charge(), told)).toMatchObject([
    { type: "payment_refunded", refundedCents: 250, payment: { kind: "pack", paidCents: 1_000 } },
  ]);
  expect(ofRefundedCharge(charge({ metadata: {} }), told)).toMatchObject([
    { payment: { reference: "pi_1", kind: "plan", productCode: null } },
  ]);
  expect(ofRefundedCharge(charge({ payment_intent: null }), told)).toEqual([]);
  const refund = (status: string, metadata: object | null = null) =>
    ofRefund(charge(), as<Stripe.Refund>({ id: "re_1", status, metadata }), told);
  const orderedAt = new Date("2026-06-16T11:59:58.123Z");
  const metadata = refundMetadata({
    ...{ payment: "pi_1", amountCents: 1, idempotencyKey: "k", orderedBy: "a", note: "b" },
    orderedAt,
  });
  expect(refund("succeeded", metadata)).toMatchObject([{ refundedCents: 250, at, orderedAt }]);
  for (const foreign of [null, {}, { orderedAt: "yesterday" }]) {
    expect(refund("succeeded", foreign)[0]).not.toHaveProperty("orderedAt");
  }
  // Undone in the second it was made, it is the newer state.
  for (const status of ["failed", "canceled"]) {
    expect(refund(status)).toMatchObject([{ at: new Date(at.getTime() + 999) }]);
  }
  expect(ofDecline({ metadata: order }, told)).toMatchObject([{ type: "payment_failed" }]);
  expect(ofDecline({ metadata: {} }, told)).toEqual([]);
});

test.each([
  ["needs_response", "dispute_opened"],
  ["under_review", "dispute_opened"],
  ["won", "dispute_closed"],
  ["lost", "dispute_closed"],
  ["prevented", "dispute_closed"],
  ["warning_needs_response", undefined],
  ["warning_closed", undefined],
])("a dispute that is %s is %s", (status, type) => {
  const dispute = as<Stripe.Dispute>({ id: "du_1", amount: 1_000, currency: "usd", status });
  expect(ofDispute(dispute, charge(), told)[0]?.type).toBe(type);
});

test("a word that is new to us is not guessed at", () => {
  const dispute = as<Stripe.Dispute>({ id: "du_1", amount: 1, currency: "usd", status: "new" });
  expect(() => ofDispute(dispute, charge(), told)).toThrow('"new"');
  expect(() => ofSubscription(subscription({ status: "new" }), null, told)).toThrow('"new"');
});

function subscription(more: object = {}, price: object = {}) {
  return as<Stripe.Subscription>({
    ...{ id: "sub_1", status: "active", cancel_at_period_end: false, cancel_at: null },
    ...{ pause_collection: null, billing_cycle_anchor: seconds("2026-01-31T12:00:00Z") },
    items: {
      data: [
        {
          current_period_start: seconds("2026-05-31T12:00:00Z"),
          current_period_end: seconds("2026-06-30T12:00:00Z"),
          price: { product: planProductId("small"), recurring: { interval: "month" }, ...price },
        },
      ],
    },
    ...more,
  });
}

test.each([
  [{ status: "active" }, "active"],
  [{ status: "trialing" }, "active"],
  [{ status: "past_due" }, "past_due"],
  [{ status: "unpaid" }, "past_due"],
  [{ status: "active", pause_collection: { behavior: "void" } }, "paused"],
  [{ status: "canceled" }, "cancelled"],
  [{ status: "incomplete" }, undefined],
  [{ status: "incomplete_expired" }, undefined],
])("a subscription %o is %s", (state, status) => {
  expect(ofSubscription(subscription(state), null, told)?.status).toBe(status);
});

test("a trial that ends in the second in which it began is a period all the same", () => {
  const [item] = subscription().items.data;
  const start = item?.current_period_start ?? 0;
  const items = { data: [{ ...item, current_period_end: start }] };
  const event = ofSubscription(subscription({ status: "paused", items }), null, told);
  expect(billingEvent.parse(event)).toMatchObject({
    ...{ periodStart: new Date(start * 1_000), periodEnd: new Date(start * 1_000 + 1_000) },
  });
});

test("a subscription tells its period, its end and the plan that is to come", () => {
  const schedule = as<Stripe.SubscriptionSchedule>({
    ...{ status: "active", current_phase: { start_date: 100, end_date: 200 } },
    phases: [
      { start_date: 100, items: [{ price: { product: planProductId("small") } }] },
      { start_date: 200, items: [{ price: { product: planProductId("tiny") } }] },
    ],
  });
  expect(ofSubscription(subscription({ cancel_at: 5 }), schedule, told)).toMatchObject({
    ...{ planCode: "small", interval: "month", cancelAtPeriodEnd: true, nextPlanCode: "tiny" },
    periodStart: new Date("2026-05-31T12:00:00Z"),
    periodEnd: new Date("2026-06-30T12:00:00Z"),
    stateAt: at,
  });
  const done = { ...schedule, status: "released" as const };
  expect(ofSubscription(subscription(), done, told)?.nextPlanCode).toBeNull();
  expect(ofSubscription(subscription({}, { product: "prod_x" }), null, told)).toBeNull();
});

function line(plan: string, amount: number, more: { start?: string; proration?: boolean } = {}) {
  const details = { subscription: "sub_1", proration: more.proration ?? false };
  return as<Stripe.InvoiceLineItem>({
    ...{ id: `il_${plan}_${amount}`, amount, metadata: {} },
    discount_amounts: [{ amount: 0, discount: "d" }],
    period: {
      start: seconds(more.start ?? "2026-05-31T12:00:00Z"),
      end: seconds("2026-06-30T12:00:00Z"),
    },
    pricing: { price_details: { product: planProductId(plan), price: "price_1" } },
    parent: { subscription_item_details: details, invoice_item_details: null },
  });
}
const invoice = (more: object = {}) =>
  as<Stripe.Invoice>({
    ...{ id: "in_1", currency: "usd", amount_paid: 1_000, metadata: {}, attempt_count: 2 },
    ...{ billing_reason: "subscription_cycle", status_transitions: { paid_at: null } },
    ...{ amount_remaining: 1_000, next_payment_attempt: null, hosted_invoice_url: null },
    lines: { data: [] },
    ...more,
  });
const paidBy = (lines: Stripe.InvoiceLineItem[], more: object = {}) => ({
  ...{
    invoice: invoice(more),
    lines,
    payment: "pi_9",
    cycle: { anchor: new Date("2026-01-31T12:00:00Z"), months: 1 as const },
  },
});

test("a renewal that carries prorations along is one paid period", () => {
  const middle = { start: "2026-06-16T12:00:00Z", proration: true };
  const lines = [line("small", 1_000), line("small", -500, middle), line("medium", 900, middle)];
  expect(ofPaidInvoice(paidBy(lines), told).map(({ type }) => type)).toEqual([
    ...["payment_settled", "period_paid", "invoice_closed"],
  ]);
});

test("a change is an upgrade of the whole period in which it lies, counted from the anchor", () => {
  const middle = { start: "2026-06-16T12:00:00Z", proration: true };
  const lines = [line("small", -500, middle), line("medium", 1_500, middle)];
  const events = ofPaidInvoice(paidBy(lines, { billing_reason: "subscription_update" }), told);
  expect(events[1]).toMatchObject({
    ...{ type: "upgrade_paid", planCode: "medium", previousPlanCode: "small", lineCents: 1_500 },
    // The 31st of January is followed by the 31st of May and the 30th of June.
    periodStart: new Date("2026-05-31T12:00:00Z"),
    periodEnd: new Date("2026-06-30T12:00:00Z"),
    changedAt: new Date("2026-06-16T12:00:00Z"),
    payment: { reference: "pi_9", kind: "plan", paidCents: 1_000 },
  });
});

test("a plan that has begun anew since its change is counted back from the end of the line", () => {
  const middle = { start: "2026-06-16T12:00:00Z", proration: true };
  const lines = [line("small", -500, middle), line("medium", 1_500, middle)];
  const paid = paidBy(lines, { billing_reason: "subscription_update" });
  const anchor = new Date("2026-06-30T12:00:00Z");
  for (const [months, start] of [
    [1, "2026-05-30T12:00:00Z"],
    [12, "2025-06-30T12:00:00Z"],
  ] as const) {
    const [, upgrade] = ofPaidInvoice({ ...paid, cycle: { anchor, months } }, told);
    expect(upgrade).toMatchObject({ periodStart: new Date(start), periodEnd: anchor });
  }
});

test("the invoice of a pack tells the checkout's payment once more, or none where it does not know it", () => {
  const settled = { type: "payment_settled", credits: 500, payment: { reference: "pi_9" } };
  expect(ofPaidInvoice(paidBy([], { metadata: order }), told)).toMatchObject([
    settled,
    { type: "invoice_closed" },
  ]);
  // For nothing, or before Stripe has written down what paid it: under a name of its own it would grant twice.
  for (const amount_paid of [0, 1_000]) {
    const unnamed = { ...paidBy([], { metadata: order, amount_paid }), payment: "in_1" };
    expect(ofPaidInvoice(unnamed, told)).toMatchObject([{ type: "invoice_closed" }]);
  }
});

test("what was billed apart of a plan's bill and is not paid is no failure of the plan", () => {
  const parent = { subscription_details: { subscription: "sub_1" } };
  const overage = { metadata: { overageBill: "0199c0de-0000-7000-8000-000000000001" } };
  const failed = (lines: object, of: object = { parent }) =>
    ofUnpaidInvoice(invoice({ ...of, lines }), told)[0];
  expect(failed({ data: [overage, overage] })).toMatchObject({ subscription: null });
  const plan = { subscription: "sub_1" };
  // A renewal carries it along.
  expect(failed({ data: [overage, line("small", 1_000)] })).toMatchObject(plan);
  expect(failed({ data: [overage], has_more: true })).toMatchObject(plan);
  expect(failed({ data: [] })).toMatchObject(plan);
});

const beyond = (bill = "0195c6a8-0000-7000-8000-0000000000b1") =>
  as<Stripe.InvoiceLineItem>({
    ...{ id: "il_o", amount: 90, parent: null, pricing: null, discount_amounts: [] },
    metadata: { overageBill: bill, tier: "pro", overageLines: "1" },
  });

test("an invoice is ours if it is a pack's, or has a plan or overage of ours on it; made by hand it is not", () => {
  const foreign = { ...line("small", 500), pricing: { price_details: { product: "prod_x" } } };
  const byHand = as<Stripe.InvoiceLineItem>({ ...foreign, parent: null, metadata: { userId } });
  for (const lines of [[], [byHand], [foreign as Stripe.InvoiceLineItem, byHand]]) {
    expect(isOurs(invoice(), lines)).toBe(false);
    expect(isOurs(invoice({ metadata: { userId, userEmail: "ada@example.com" } }), lines)).toBe(
      false,
    );
    expect(isOurs(invoice({ metadata: null }), [...lines, beyond()])).toBe(true);
    expect(isOurs(invoice(), [...lines, line("small", 1_000)])).toBe(true);
    expect(isOurs(invoice({ metadata: order }), lines)).toBe(true);
    expect(isOurs(invoice({ metadata: { overageBill: "b" } }), lines)).toBe(true);
  }
});

test("an invoice for overage is a payment without credits, and one that failed tells its way out", () => {
  expect(ofPaidInvoice(paidBy([beyond()]), told)).toMatchObject([
    { type: "payment_settled", credits: 0, payment: { kind: "overage" } },
    { type: "overage_paid" },
    { type: "invoice_closed", invoice: "in_1" },
  ]);
  expect(ofUnpaidInvoice(invoice({ hosted_invoice_url: "https://pay.example/1" }), told)).toEqual([
    {
      ...{ type: "payment_failed", userId, subscription: null, at },
      invoice: {
        ...{ reference: "in_1", amountDueCents: 1_000, attempts: 2, nextAttemptAt: null },
        payUrl: "https://pay.example/1",
      },
    },
  ]);
});
