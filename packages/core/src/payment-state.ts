import type { DisputeStatus, PaymentKind } from "./billing.ts";
import type { BillingEventOf, PaymentFacts } from "./billing-events.ts";

/** What we know of a payment after all events about it, in whatever order they came. */
export type PaymentState = {
  kind: PaymentKind;
  productCode: string | null;
  paidCents: number;
  paidAt: Date;
  refundedCents: number;
  /** When the provider made the newest state of the refunds and of the dispute; null: there was none. */
  refundAt: Date | null;
  disputedCents: number;
  disputeStatus: DisputeStatus;
  disputeAt: Date | null;
};

export type PaymentEvent = BillingEventOf<
  "payment_settled" | "payment_refunded" | "dispute_opened" | "dispute_closed"
>;

const freshPayment = ({ kind, productCode, paidCents, paidAt }: PaymentFacts): PaymentState => ({
  kind,
  productCode,
  paidCents,
  paidAt,
  refundedCents: 0,
  refundAt: null,
  disputedCents: 0,
  disputeStatus: "none",
  disputeAt: null,
});

/** The facts do not change; two tellings differ at most in what they leave out and by a second. */
export function withFacts(known: PaymentState | undefined, facts: PaymentFacts): PaymentState {
  if (!known) return freshPayment(facts);
  return {
    ...known,
    productCode: known.productCode ?? facts.productCode,
    paidCents: Math.max(known.paidCents, facts.paidCents),
    paidAt: new Date(Math.min(facts.paidAt.getTime(), known.paidAt.getTime())),
  };
}

/** The newest state counts. In the same second more was refunded after less. */
export function withRefund(
  known: PaymentState,
  { refundedCents, at }: { refundedCents: number; at: Date },
): PaymentState {
  const age = compareTimes(at, known.refundAt) || refundedCents - known.refundedCents;
  return age > 0 ? { ...known, refundedCents, refundAt: at } : known;
}

const disputeOrder: Record<DisputeStatus, number> = { none: 0, open: 1, won: 2, lost: 3 };

/** The newest state counts. In the same second a dispute was decided after it was opened. */
export function withDispute(
  known: PaymentState,
  dispute: { disputeStatus: DisputeStatus; disputedCents: number; at: Date },
): PaymentState {
  const { disputeStatus, disputedCents, at } = dispute;
  const age =
    compareTimes(at, known.disputeAt) ||
    disputeOrder[disputeStatus] - disputeOrder[known.disputeStatus];
  return age > 0 ? { ...known, disputeStatus, disputedCents, disputeAt: at } : known;
}

const compareTimes = (a: Date, b: Date | null) =>
  a.getTime() - (b?.getTime() ?? Number.NEGATIVE_INFINITY);

/** What has been taken back of a payment: refunds and lost disputes together, never more than was paid. */
export const reversedCentsOf = (state: PaymentState): number =>
  Math.min(
    state.paidCents,
    state.refundedCents + (state.disputeStatus === "lost" ? state.disputedCents : 0),
  );

/** Whether credits of this payment may stand otherwise than they were granted. */
export const hasHistory = (state: PaymentState): boolean =>
  state.refundAt !== null || state.disputeAt !== null;
