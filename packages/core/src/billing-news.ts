import type { PaymentKind } from "./billing.ts";
import { disputeOf, type PaymentState } from "./payment-state.ts";
import type { SubscriptionState } from "./subscription-state.ts";

/**
 * What a billing event has changed that its user should hear of by letter. Found by comparing what was known before
 * the event with what is known after it, under the wallet's lock: an event that tells nothing new makes no letter, so
 * one that comes twice, or after a newer one, is not told again. Moments are ISO 8601: they wait in the outbox.
 */
export type BillingNews =
  | {
      kind: "receipt";
      productKind: PaymentKind;
      productCode: string | null;
      paidCents: number;
      paidAt: string;
      /** What it has brought at once; 0 for overage. */
      credits: number;
      /** The provider's name for it. */
      paymentReference: string;
      /** Where the provider shows the invoice; null where the event did not say: it is looked for when the letter goes. */
      invoiceUrl: string | null;
    }
  | {
      kind: "payment_failed";
      amountDueCents: number;
      attempts: number;
      /** Whether a plan waits for it; else it is for what went beyond the wallet. */
      isPlan: boolean;
      /** Null: it will not be tried again by itself. */
      nextAttemptAt: string | null;
      payUrl: string | null;
    }
  | {
      /** A bank debit for a plan's new period is under way. */
      kind: "payment_processing";
      amountDueCents: number;
    }
  | {
      kind: "renewal";
      planCode: string;
      credits: number;
      rolledOverCredits: number;
      expiresAt: string;
    }
  | ({ kind: "refund"; refundedCents: number; refundedInAllCents: number } & OfPayment)
  | ({ kind: "refund_failed"; failedCents: number } & OfPayment)
  | (DisputeNews & OfPayment)
  | PlanNews;

export type PlanNews = {
  kind: "plan";
  change: "switched" | "switch_planned" | "end_planned" | "kept" | "paused" | "unpaused" | "ended";
  /** The one that runs. */
  planCode: string;
  /** The one that ran before (`switched`) or will run (`switch_planned`). */
  otherPlanCode: string | null;
  /** When what is planned will be. */
  periodEnd: string;
};

type OfPayment = {
  productKind: PaymentKind;
  productCode: string | null;
  paidCents: number;
  paidAt: string;
};

/** One may do without these; all others are about money and come whatever one has chosen. */
export const isOptionalNews = ({ kind }: BillingNews): boolean => kind === "renewal";

/** What refunds and disputes have changed: less refunded than before is a refund that the bank has sent back. */
export function paymentNews(before: PaymentState | undefined, after: PaymentState): BillingNews[] {
  const { kind: productKind, productCode, paidCents } = after;
  const of = { productKind, productCode, paidCents, paidAt: after.paidAt.toISOString() };
  const news: BillingNews[] = [];
  const refundedCents = after.refundedCents - (before?.refundedCents ?? 0);
  if (refundedCents > 0) {
    const refundedInAllCents = after.refundedCents;
    news.push({ kind: "refund", refundedCents, refundedInAllCents, ...of });
  }
  if (refundedCents < 0) news.push({ kind: "refund_failed", failedCents: -refundedCents, ...of });
  return [...news, ...disputeNews(before, after).map((each) => ({ ...each, ...of }))];
}

type DisputeNews =
  | { kind: "dispute_opened"; disputedCents: number }
  | {
      kind: "dispute_closed";
      disputedCents: number;
      outcome: "won" | "lost";
      /** Another dispute about the same payment is open: its credits stay frozen. */
      isStillDisputed: boolean;
    };

/** Each dispute that stands otherwise than before. */
function disputeNews(before: PaymentState | undefined, after: PaymentState): DisputeNews[] {
  const isStillDisputed = disputeOf(after) === "open";
  return after.disputes.flatMap(({ reference, status, disputedCents }): DisputeNews[] => {
    const known = before?.disputes.find((each) => each.reference === reference);
    if (status === known?.status) return [];
    return status === "open"
      ? [{ kind: "dispute_opened", disputedCents }]
      : [{ kind: "dispute_closed", disputedCents, outcome: status, isStillDisputed }];
  });
}

/**
 * What is new about a plan: the one thing that matters most. A plan that is first heard of has its receipt, and one
 * that is past due its letter about the failed payment.
 */
export function subscriptionNews(
  before: SubscriptionState | undefined,
  after: SubscriptionState,
): PlanNews[] {
  if (!before) return [];
  const { planCode } = after;
  const news = { kind: "plan", planCode, periodEnd: after.periodEnd.toISOString() } as const;
  const told = (change: PlanNews["change"], otherPlanCode: string | null = null): PlanNews[] => [
    { ...news, change, otherPlanCode },
  ];
  if (after.status === "cancelled") return before.status === "cancelled" ? [] : told("ended");
  if (planCode !== before.planCode) return told("switched", before.planCode);
  if (after.cancelAtPeriodEnd !== before.cancelAtPeriodEnd) {
    return told(after.cancelAtPeriodEnd ? "end_planned" : "kept");
  }
  if (after.nextPlanCode !== before.nextPlanCode) {
    return after.nextPlanCode === null ? told("kept") : told("switch_planned", after.nextPlanCode);
  }
  const isPaused = after.status === "paused";
  if (isPaused === (before.status === "paused")) return [];
  return told(isPaused ? "paused" : "unpaused");
}

/**
 * Several lines may pay for one month of a plan (a year that was changed in its middle): they are one letter.
 * @param planCode the plan that runs
 */
export function oneLetterAMonth(news: readonly BillingNews[], planCode: string): BillingNews[] {
  const months = new Map<string, Extract<BillingNews, { kind: "renewal" }>>();
  const others: BillingNews[] = [];
  for (const each of news) {
    if (each.kind !== "renewal") {
      others.push(each);
      continue;
    }
    const known = months.get(each.expiresAt);
    const credits = each.credits + (known?.credits ?? 0);
    const rolledOverCredits = each.rolledOverCredits + (known?.rolledOverCredits ?? 0);
    months.set(each.expiresAt, { ...each, planCode, credits, rolledOverCredits });
  }
  return [...others, ...months.values()];
}
