import type { DisputeStatus, PaymentDispute, PaymentKind } from "./billing.ts";
import type { PaymentFacts } from "./billing-events.ts";

/** One complaint of a buyer at the bank. A payment can have several, each about a part of it. */
export type DisputeState = {
  /** The provider's name for it. */
  reference: string;
  disputedCents: number;
  status: DisputeStatus;
  /** When the provider made this state. */
  stateAt: Date;
};

/** What we know of a payment after all events about it, in whatever order they came. */
export type PaymentState = {
  kind: PaymentKind;
  productCode: string | null;
  paidCents: number;
  paidAt: Date;
  refundedCents: number;
  /** When the provider made the newest state of the refunds; null: there was none. */
  refundAt: Date | null;
  /** What will have been refunded in all once a refund that was ordered here is told; null: none is waited for. */
  refundOrderedCents: number | null;
  /** When one was last ordered here. */
  refundOrderedAt: Date | null;
  /** Of the orders that the provider has told of, when the last was made; null: none. */
  refundToldAt: Date | null;
  /** In the order of their references. */
  disputes: readonly DisputeState[];
};

const freshPayment = ({ kind, productCode, paidCents, paidAt }: PaymentFacts): PaymentState => ({
  kind,
  productCode,
  paidCents,
  paidAt,
  refundedCents: 0,
  refundAt: null,
  refundOrderedCents: null,
  refundOrderedAt: null,
  refundToldAt: null,
  disputes: [],
});

/** The facts do not change; two tellings differ at most in what they leave out and by a second. */
export function withFacts(known: PaymentState | undefined, facts: PaymentFacts): PaymentState {
  if (!known) return freshPayment(facts);
  return {
    ...known,
    // Events about a charge do not know what its invoice was for, and say "a plan".
    kind: known.kind === "plan" ? facts.kind : known.kind,
    productCode: known.productCode ?? facts.productCode,
    paidCents: Math.max(known.paidCents, facts.paidCents),
    paidAt: new Date(Math.min(facts.paidAt.getTime(), known.paidAt.getTime())),
  };
}

export type RefundTold = {
  refundedCents: number;
  at: Date;
  /** When the refund that this is about was ordered here; absent where it names none. */
  orderedAt?: Date | undefined;
};

/** The newest state counts. In the same second more was refunded after less. */
export function withRefund(known: PaymentState, told: RefundTold): PaymentState {
  const { refundedCents, at } = told;
  const age = compareTimes(at, known.refundAt) || refundedCents - known.refundedCents;
  const awaited = awaitedOrderOf(known);
  const heard = {
    ...(awaited && isOrderReported(awaited, told) ? { ...known, refundOrderedCents: null } : known),
    refundToldAt: laterOf(known.refundToldAt, told.orderedAt ?? null),
  };
  return age > 0 ? { ...heard, refundedCents, refundAt: at } : heard;
}

const laterOf = (one: Date | null, other: Date | null): Date | null =>
  compareTimes(other ?? new Date(0), one) > 0 ? other : one;

/** The provider tells whole seconds, by its own clock: what it has made of an order can seem to be older. */
const CLOCKS_DIFFER_MS = 60_000;

/**
 * By what is told of the order itself: that it was made, or that the bank has sent it back. News of another refund ends
 * no waiting. A state that names none has to be of the order's time and to have its sum.
 */
export const isOrderReported = (
  order: { refundedAfterCents: number; orderedAt: Date },
  { refundedCents, at, orderedAt }: RefundTold,
): boolean => {
  if (orderedAt) return orderedAt.getTime() === order.orderedAt.getTime();
  const isOfItsTime = at.getTime() >= order.orderedAt.getTime() - CLOCKS_DIFFER_MS;
  return isOfItsTime && refundedCents >= order.refundedAfterCents;
};

/** The order that the payment waits for: the last one, which has those before it in its sum. */
const awaitedOrderOf = ({ refundOrderedCents, refundOrderedAt }: PaymentState) =>
  refundOrderedCents === null || refundOrderedAt === null
    ? null
    : { refundedAfterCents: refundOrderedCents, orderedAt: refundOrderedAt };

const disputeOrder: Record<DisputeStatus, number> = { open: 0, won: 1, lost: 2 };

/** The newest state of each dispute counts. In the same second it was decided after it was opened. */
export function withDispute(known: PaymentState, told: DisputeState): PaymentState {
  const before = known.disputes.find(({ reference }) => reference === told.reference);
  const age = before
    ? compareTimes(told.stateAt, before.stateAt) ||
      disputeOrder[told.status] - disputeOrder[before.status] ||
      told.disputedCents - before.disputedCents
    : 1;
  if (age <= 0) return known;
  const others = known.disputes.filter((each) => each !== before);
  return {
    ...known,
    disputes: [...others, told].toSorted((a, b) => (a.reference < b.reference ? -1 : 1)),
  };
}

const compareTimes = (a: Date, b: Date | null) =>
  a.getTime() - (b?.getTime() ?? Number.NEGATIVE_INFINITY);

/** All disputes of a payment in one word: open while any is, and lost rather than won. */
export function disputeOf({ disputes }: Pick<PaymentState, "disputes">): PaymentDispute {
  const order = ["open", "lost", "won"] as const;
  return order.find((wanted) => disputes.some(({ status }) => status === wanted)) ?? "none";
}

/** What has been taken back of a payment: refunds and all lost disputes together, never more than was paid. */
export const reversedCentsOf = ({ paidCents, refundedCents, disputes }: PaymentState): number =>
  Math.min(
    paidCents,
    disputes.reduce(
      (sum, { status, disputedCents }) => sum + (status === "lost" ? disputedCents : 0),
      refundedCents,
    ),
  );

/**
 * What the credits of a payment have to follow: what was taken back, and what is promised. Whoever is to get money back
 * cannot spend its credits while it is on its way.
 */
export const takenCentsOf = (state: PaymentState): number =>
  reversedCentsOf({
    ...state,
    refundedCents: Math.max(state.refundedCents, state.refundOrderedCents ?? 0),
  });

/** The part of it that banks have taken in disputes. What we have refunded comes first: together they are all there was. */
export const lostCentsOf = (state: PaymentState): number =>
  reversedCentsOf(state) - Math.min(state.paidCents, state.refundedCents);

/** Whether credits of this payment may stand otherwise than they were granted. */
export const hasHistory = ({ refundAt, refundOrderedAt, disputes }: PaymentState): boolean =>
  refundAt !== null || refundOrderedAt !== null || disputes.length > 0;
