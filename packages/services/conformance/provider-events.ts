import type { BillingEvent, BillingEventOf, PaymentFacts } from "@tintype/core/billing-events";

type Told<Type extends BillingEvent["type"]> = Partial<
  Omit<BillingEventOf<Type>, "type" | "userId">
>;
type Dispute = { dispute?: string; payment?: PaymentFacts; disputedCents?: number };

/** What a payment provider would tell about one customer, with everything that does not matter filled in. */
export const eventsOf = (userId: string) => ({
  facts,
  ...paymentEvents(userId),
  ...planEvents(userId),
});

const facts = (reference: string, paidCents: number, at: Date): PaymentFacts => ({
  reference,
  kind: "plan",
  productCode: null,
  paidCents,
  paidAt: at,
});

/** About a pack of 10 credits for $10, unless told otherwise. */
const packFacts = (at: Date): PaymentFacts => ({ ...facts("pi_pack", 1_000, at), kind: "pack" });

const paymentEvents = (userId: string) => ({
  pack: (at: Date, told: Told<"payment_settled"> = {}): BillingEvent => ({
    type: "payment_settled",
    userId,
    payment: packFacts(at),
    credits: 10,
    ...told,
  }),
  refund: (at: Date, refundedCents: number, payment = packFacts(at)): BillingEvent => ({
    type: "payment_refunded",
    userId,
    payment,
    refundedCents,
    at,
  }),
  dispute: (
    at: Date,
    { dispute = "dp_1", payment = packFacts(at), disputedCents = payment.paidCents }: Dispute = {},
  ): BillingEvent => ({ type: "dispute_opened", userId, dispute, payment, disputedCents, at }),
  closed: (
    at: Date,
    outcome: "won" | "lost",
    { dispute = "dp_1", payment = packFacts(at), disputedCents = payment.paidCents }: Dispute = {},
  ): BillingEvent => ({
    ...{ type: "dispute_closed", userId, dispute, payment, disputedCents, outcome, at },
  }),
});

type Span = { start: Date; end: Date };

/** About the subscription `sub_1`; lines and payments are named after the time they are about. */
const planEvents = (userId: string) => ({
  invoiceOf: (start: Date): PaymentFacts => facts(`pi_${start.toISOString()}`, 1_000, start),
  period: (planCode: string, { start, end }: Span): BillingEvent => ({
    type: "period_paid",
    userId,
    line: `il_${start.toISOString()}`,
    subscription: "sub_1",
    planCode,
    periodStart: start,
    periodEnd: end,
    lineCents: 1_000,
    payment: facts(`pi_${start.toISOString()}`, 1_000, start),
  }),
  upgrade: (from: string, to: string, changedAt: Date, { start, end }: Span): BillingEvent => ({
    type: "upgrade_paid",
    userId,
    line: `il_up_${changedAt.toISOString()}`,
    subscription: "sub_1",
    planCode: to,
    previousPlanCode: from,
    periodStart: start,
    periodEnd: end,
    changedAt,
    lineCents: 500,
    payment: facts(`pi_up_${changedAt.toISOString()}`, 500, changedAt),
  }),
  subscription: (
    stateAt: Date,
    { start, end }: Span,
    told: Told<"subscription_changed"> = {},
  ): BillingEvent => ({
    type: "subscription_changed",
    userId,
    subscription: "sub_1",
    planCode: "small",
    interval: "month",
    status: "active",
    periodStart: start,
    periodEnd: end,
    cancelAtPeriodEnd: false,
    nextPlanCode: null,
    ...told,
    stateAt,
  }),
});
