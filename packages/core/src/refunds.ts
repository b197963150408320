import { z } from "zod";
import { type PaymentDispute, type PaymentKind, SELF_REFUND_DAYS } from "./billing.ts";
import { type GrantState, reversalTransfers } from "./credits.ts";
import { type PooledGrant, pooledTargetOf, poolReversal } from "./pooled-reversal.ts";
import type { Problem } from "./problems.ts";
import { inputText } from "./text.ts";

const DAY_MS = 86_400_000;

const paymentReference = inputText({ min: 1, max: 200 });
const requestId = z.uuid();
const cents = z.int().min(1).max(100_000_000);

export const previewRefundInput = z.object({
  userId: z.uuid(),
  paymentReference,
  /** All that is unspent when it is not given. */
  cents: cents.optional(),
});
export type PreviewRefundInput = z.infer<typeof previewRefundInput>;

export const refundInput = z.object({
  userId: z.uuid(),
  paymentReference,
  /** What the preview said: what was seen is what is refunded. */
  cents,
  /** Made by whoever sends it, so that sending it again refunds once. */
  requestId,
  reason: inputText({ min: 3, max: 500, isProse: true }),
});
export type RefundInput = z.infer<typeof refundInput>;

export const requestRefundInput = z.object({ paymentReference, requestId });
export type RequestRefundInput = z.infer<typeof requestRefundInput>;

export const paymentsInput = z.object({
  cursor: inputText({ max: 300, keepsSpaces: true }).optional(),
  limit: z.int().min(1).max(50).default(12),
});
export type PaymentsInput = z.infer<typeof paymentsInput>;

/**
 * `accepted`: the provider has it. `unknown`: it did not answer, and is asked again with the same key until it does.
 * Either way the credits have left the wallet: spent while the money is on its way, they would become a debt.
 */
export type RefundAnswer = { status: "accepted" | "unknown"; cents: number };

/**
 * Where a refund order stands. `ordered`: not known to have reached the provider, which is asked until it answers.
 * `accepted`: the provider has it. `confirmed`: a webhook has reported it, as made or as sent back by the bank.
 * `refused`: the provider said no. `key_expired`: the provider never answered while it remembered the idempotency key;
 * asked later it could refund twice, so its books need a person's look. The last two have given their credits back.
 */
export const refundOrderStates = [
  "ordered",
  "accepted",
  "confirmed",
  "refused",
  "key_expired",
] as const;
export type RefundOrderState = (typeof refundOrderStates)[number];

/** What a payment has brought and what is left of it, in cents of US dollars and whole credits. */
export type RefundFacts = {
  paidCents: number;
  /** Refunded or lost in a dispute so far. */
  reversedCents: number;
  /** All credits of the payment, months of a year that are still to come included. */
  grantedCredits: number;
  /** Neither spent, held by a job, expired nor taken back; what is still to come counts as unspent. */
  unspentCredits: number;
  /** Taken back so far, debt included. */
  reversedCredits: number;
};

export type RefundPreview = RefundFacts & {
  /** The unspent share: what is refunded unless somebody decides otherwise. */
  refundableCents: number;
  /** The most there is: paid and not yet taken back. */
  leftCents: number;
  /** What is asked for, and what it takes from the wallet; months that are still to come are not in it. */
  cents: number;
  takenCredits: number;
  /** What has been spent of it already and would become debt. */
  owedCredits: number;
};

export const leftCentsOf = ({ paidCents, reversedCents }: RefundFacts): number =>
  Math.max(0, paidCents - reversedCents);

/**
 * The money of the unspent credits: `paid × (unspent + taken back) / granted − taken back`. Rounded down, in the
 * house's favour by less than a cent; the credits that go for it are rounded down in the user's favour
 * (`reversalTargetOf`), so nobody loses a credit whose money did not come back. What a job holds does not count as
 * unspent: it may be used up by the time the money goes.
 */
export function refundableCentsOf(facts: RefundFacts): number {
  const { paidCents, reversedCents, grantedCredits, unspentCredits, reversedCredits } = facts;
  // Nothing was granted (overage): it was used before it was paid.
  if (grantedCredits <= 0) return 0;
  const kept = BigInt(Math.min(grantedCredits, unspentCredits + reversedCredits));
  const share = Number((BigInt(paidCents) * kept) / BigInt(grantedCredits)) - reversedCents;
  return Math.min(leftCentsOf(facts), Math.max(0, share));
}

/**
 * What a refund would take of the grants of a payment, each with what has rolled over from it: the same rule as the
 * ledger's, on a copy.
 * @param toCome credits of months that are still to come: they give first
 */
export function refundEffect(
  grants: readonly PooledGrant[],
  toCome: number,
  reversedCents: number,
  paidCents: number,
): { takenCredits: number; owedCredits: number } {
  const granted = grants.reduce((sum, grant) => sum + amountOf(grant), 0);
  const targets = poolReversal(grants, pooledTargetOf(granted, toCome, reversedCents, paidCents));
  let [takenCredits, owedCredits] = [0, 0];
  for (const grant of grants) {
    const reversalTarget = targets.get(grant.id) ?? 0;
    for (const { from, to, amount } of reversalTransfers({ ...grant, reversalTarget })) {
      if (to === "reversed") takenCredits += amount;
      if (to === "owed") owedCredits += amount;
      if (from === "owed") owedCredits -= amount;
    }
  }
  return { takenCredits, owedCredits };
}

const amountOf = (grant: GrantState): number =>
  grant.available +
  grant.held +
  grant.spent +
  grant.expired +
  grant.frozen +
  grant.reversed +
  grant.owed;

type SelfRefund = {
  kind: PaymentKind;
  paidAt: Date;
  disputeStatus: PaymentDispute;
  facts: RefundFacts;
};

/**
 * Whether a buyer may take a payment back alone: a pack, within 14 days, of which nothing has been spent, is held or
 * has expired, and nothing was refunded. @returns what stands against it; null: nothing does, and all of it is refunded
 */
export function selfRefundProblem(
  { kind, paidAt, disputeStatus, facts }: SelfRefund,
  now: Date,
): Problem | null {
  if (kind !== "pack" && kind !== "top_up") return { code: "refund_not_a_pack" };
  if (disputeStatus === "open") return { code: "payment_disputed" };
  if (leftCentsOf(facts) === 0) return { code: "refund_too_much", cents: 0, leftCents: 0 };
  if (now.getTime() - paidAt.getTime() > SELF_REFUND_DAYS * DAY_MS) {
    return { code: "refund_too_late", days: SELF_REFUND_DAYS };
  }
  const { grantedCredits, unspentCredits, reversedCents } = facts;
  if (unspentCredits < grantedCredits || reversedCents > 0) {
    return { code: "refund_after_spending", unspentCredits, grantedCredits };
  }
  return null;
}

/** A payment whose holder disputes it at the bank; its credits are frozen until that has decided. */
export type DisputedPaymentView = { reference: string; paidCents: number; paidAt: Date };

export type PaymentView = {
  reference: string;
  kind: PaymentKind;
  /** As it is sold; null where no product stands behind it. */
  productName: string | null;
  paidCents: number;
  paidAt: Date;
  refundedCents: number;
  /** What was ordered to be refunded and has not been told yet; its credits have gone. */
  pendingRefundCents: number;
  /** What was refunded has all come back to us: the bank did not take it. */
  hasRefundFailed: boolean;
  disputeStatus: PaymentDispute;
  /** What the buyer may take back now without asking anybody; 0: nothing. */
  refundableCents: number;
  /** Until when, were nothing spent; null where that is not offered or over. */
  refundableUntil: Date | null;
};
