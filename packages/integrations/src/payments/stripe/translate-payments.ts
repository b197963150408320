import type { BillingEvent, PaymentFacts } from "@tintype/core/billing-events";
import type { Stripe } from "stripe";
import { orderOf, refundOrderedAt } from "./orders.ts";
import { idOf, timeOf } from "./stripe-client.ts";

/**
 * Payments and what is taken back of them, from Stripe's objects alone. A payment is named after its payment intent in
 * every event about it, whichever object tells it; where nothing had to be paid, after the checkout.
 */
type Told = { userId: string; at: Date };

/** @throws for money that is not US dollars: we sell for nothing else, so it would be booked as what it is not */
export function ensureDollars(object: { id: string; currency: string | null }): void {
  if (object.currency === "usd") return;
  throw new Error(
    `${object.id} is in ${object.currency ?? "no currency"}, and we sell in usd only`,
  );
}

/** A finished checkout of a pack; of a plan its invoice tells. Unpaid is a bank's transfer that is on its way. */
export function ofCheckout(session: Stripe.Checkout.Session, { userId, at }: Told): BillingEvent[] {
  const order = orderOf(session.metadata);
  if (session.mode !== "payment" || !order || session.payment_status === "unpaid") return [];
  ensureDollars(session);
  const reference = idOf(session.payment_intent) ?? session.id;
  const paidCents = session.amount_total ?? 0;
  const payment = { reference, kind: order.kind, productCode: order.code, paidCents, paidAt: at };
  return [{ type: "payment_settled", userId, payment, credits: order.credits }];
}

/** The same payment told by itself: whichever comes first grants, the other finds it granted. */
export function ofPaymentIntent(
  intent: Stripe.PaymentIntent,
  { userId, at }: Told,
): BillingEvent[] {
  const order = orderOf(intent.metadata);
  if (!order || intent.status !== "succeeded") return [];
  ensureDollars(intent);
  const payment: PaymentFacts = {
    ...{ reference: intent.id, kind: order.kind, productCode: order.code },
    ...{ paidCents: intent.amount_received, paidAt: at },
  };
  return [{ type: "payment_settled", userId, payment, credits: order.credits }];
}

/** An order that was declined. The payment of an invoice says so through the invoice. */
export const ofDecline = (
  { metadata }: { metadata: Stripe.Metadata | null },
  { userId, at }: Told,
): BillingEvent[] =>
  orderOf(metadata) ? [{ type: "payment_failed", userId, subscription: null, at }] : [];

/** Null for a charge that was not made by a payment intent: none of ours. */
function factsOf(charge: Stripe.Charge): PaymentFacts | null {
  const reference = idOf(charge.payment_intent);
  if (!reference) return null;
  const order = orderOf(charge.metadata);
  return {
    reference,
    // Without an order it was an invoice that was paid.
    kind: order?.kind ?? "plan",
    productCode: order?.code ?? null,
    paidCents: charge.amount_captured,
    paidAt: timeOf(charge.created),
  };
}

/** How much of a charge has been refunded, all refunds together. @param orderedAt of the refund that is told, if ours */
export function ofRefundedCharge(
  charge: Stripe.Charge,
  { userId, at }: Told,
  orderedAt?: Date,
): BillingEvent[] {
  const payment = factsOf(charge);
  if (!payment) return [];
  ensureDollars(charge);
  const refundedCents = charge.amount_refunded;
  const told = { userId, payment, refundedCents, at, ...(orderedAt && { orderedAt }) };
  return [{ type: "payment_refunded", ...told }];
}

/** Undone: after it was made, so within one second, too, that is the newer state. */
const isUndone = ({ status }: Stripe.Refund) => status === "failed" || status === "canceled";
const lastMoment = (second: Date): Date => new Date(second.getTime() + 999);

/** One refund, told with all that has been refunded of its charge. */
export const ofRefund = (
  charge: Stripe.Charge,
  refund: Stripe.Refund,
  { userId, at }: Told,
): BillingEvent[] =>
  ofRefundedCharge(
    charge,
    { userId, at: isUndone(refund) ? lastMoment(at) : at },
    refundOrderedAt(refund.metadata),
  );

type Standing = "open" | "won" | "lost" | null;

/** An inquiry (`warning_…`) moves no money, so it freezes nothing. A word that is new to us is not guessed at. */
const standings: Record<string, Standing> = {
  warning_needs_response: null,
  warning_under_review: null,
  warning_closed: null,
  needs_response: "open",
  under_review: "open",
  appeal_needs_response: "open",
  appeal_under_review: "open",
  won: "won",
  prevented: "won",
  lost: "lost",
};

export function ofDispute(
  dispute: Stripe.Dispute,
  charge: Stripe.Charge,
  { userId, at }: Told,
): BillingEvent[] {
  const standing = standings[dispute.status];
  if (standing === undefined) throw new Error(`a dispute is "${dispute.status}": not known here`);
  const payment = factsOf(charge);
  if (!payment || standing === null) return [];
  ensureDollars(dispute);
  const told = { userId, dispute: dispute.id, payment, disputedCents: dispute.amount, at };
  return standing === "open"
    ? [{ type: "dispute_opened", ...told }]
    : [{ type: "dispute_closed", outcome: standing, ...told }];
}
