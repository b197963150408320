import type { BillingEventOf, PaymentFacts } from "@tintype/core/billing-events";
import { type BillingNews, paymentNews } from "@tintype/core/billing-news";
import {
  disputeOf,
  hasHistory,
  lostCentsOf,
  type PaymentState,
  reversedCentsOf,
  takenCentsOf,
  withDispute,
  withFacts,
  withRefund,
} from "@tintype/core/payment-state";
import type { Tx } from "@tintype/db/client";
import {
  freezePayment,
  setOverageLost,
  setPaymentReversed,
  unfreezePayment,
} from "@tintype/db/credit-functions";
import { grantCredits } from "../credits/grants.ts";
import { applyReferral } from "../rewards/referral-rewards.ts";
import { creditsToCome } from "./credits-to-come.ts";
import { billingActor, walletVersion } from "./lock-wallet.ts";
import { readPayments, writePayment } from "./payment-states.ts";
import { confirmRefundOrders } from "./refund-orders.ts";
import { rollOverMonthsOf } from "./roll-over.ts";
import { settleTopUp } from "./top-up-record.ts";

/**
 * Money for a pack: its credits, once per payment. Plans and overage bring none here, only the payment itself.
 * @returns the receipt, the first time: for a pack with its credits, so that a refund told before it does not
 * swallow it; for a plan it comes with the paid period
 */
export async function settlePayment(
  tx: Tx,
  { userId, payment, credits }: BillingEventOf<"payment_settled">,
  now: Date,
): Promise<BillingNews[]> {
  const { before, after: state } = await recordPayment(tx, userId, payment, now);
  // A refund or a dispute of an invoice may be told before it, by its charge, which says "a plan" of every invoice.
  let isNew = payment.kind !== "plan" && before?.kind !== payment.kind;
  if (payment.kind === "top_up") await settleTopUp(tx, userId, payment.reference, now);
  if (credits > 0) {
    isNew = await grantCredits(tx, {
      userId,
      source: "purchase",
      category: "paid",
      amount: credits,
      idempotencyKey: `purchase:${payment.reference}`,
      now,
      actor: billingActor,
      costBasisCents: payment.paidCents,
      paymentReference: payment.reference,
    });
  }
  await bringCreditsToPayment(tx, userId, payment.reference, state, now);
  return isNew ? receiptOf(payment, credits) : [];
}

/** Nothing for what cost nothing: there is no payment to have a receipt of. */
export const receiptOf = (payment: PaymentFacts, credits: number): BillingNews[] =>
  payment.paidCents === 0
    ? []
    : [
        {
          kind: "receipt",
          productKind: payment.kind,
          productCode: payment.productCode,
          paidCents: payment.paidCents,
          paidAt: payment.paidAt.toISOString(),
          credits,
          paymentReference: payment.reference,
          invoiceUrl: payment.invoiceUrl ?? null,
        },
      ];

export async function refundPayment(
  tx: Tx,
  event: BillingEventOf<"payment_refunded">,
  now: Date,
): Promise<BillingNews[]> {
  const { before, after } = await recordPayment(tx, event.userId, event.payment, now, (known) =>
    withRefund(known, event),
  );
  if (before && before.refundOrderedAt !== null) {
    await confirmRefundOrders(tx, event.userId, event.payment.reference, event, now);
  }
  await bringCreditsToPayment(tx, event.userId, event.payment.reference, after, now);
  return paymentNews(before, after);
}

export async function disputePayment(
  tx: Tx,
  event: BillingEventOf<"dispute_opened" | "dispute_closed">,
  now: Date,
): Promise<BillingNews[]> {
  const { dispute: reference, disputedCents, at: stateAt } = event;
  const status = event.type === "dispute_opened" ? "open" : event.outcome;
  const { before, after } = await recordPayment(tx, event.userId, event.payment, now, (known) =>
    withDispute(known, { reference, disputedCents, status, stateAt }),
  );
  await bringCreditsToPayment(tx, event.userId, event.payment.reference, after, now);
  return paymentNews(before, after);
}

/**
 * Writes what is known of a payment after an event, and lets the reward that hangs on it follow.
 * The caller holds the wallet rows: `lockPaymentWallets`.
 */
export async function recordPayment(
  tx: Tx,
  userId: string,
  facts: PaymentFacts,
  now: Date,
  change: (known: PaymentState) => PaymentState = (known) => known,
): Promise<{ before: PaymentState | undefined; after: PaymentState }> {
  const { reference } = facts;
  const paid = await readPayments(tx, userId);
  const before = paid.get(reference);
  const after = change(withFacts(before, facts));
  await writePayment(tx, userId, { reference, before, after }, now);
  const anyStands = [...paid.set(reference, { ...after, reference }).values()].some(stands);
  await applyReferral(tx, { userId, reference, paidCents: after.paidCents, anyStands }, now);
  return { before, after };
}

/** Whether not all of it has been taken back. */
export const stands = (payment: PaymentState): boolean =>
  reversedCentsOf(payment) < payment.paidCents;

/** What was ordered by itself brings all it does at once; invoices may have lines with months to come. */
const isOrder = ({ kind }: PaymentState): boolean => kind === "pack" || kind === "top_up";

/**
 * Makes the credits of a payment follow its state: what was refunded, promised or lost is taken, what is disputed is
 * frozen, what was won comes back. To be called after each event about the payment and after each grant that hangs on it.
 * The ledger is told states too, so a key need only be new: the wallet's version is, whenever something can move.
 */
export async function bringCreditsToPayment(
  tx: Tx,
  userId: string,
  paymentReference: string,
  state: PaymentState,
  now: Date,
): Promise<void> {
  if (!hasHistory(state)) return;
  const version = await walletVersion(tx, userId);
  const told = { userId, paymentReference, now };
  await setPaymentReversed(tx, {
    ...told,
    ...billingActor,
    reversedCents: takenCentsOf(state),
    paidCents: state.paidCents,
    creditsToCome: isOrder(state) ? 0 : await creditsToCome(tx, userId, paymentReference),
    idempotencyKey: `reversal:${paymentReference}:${version}`,
    reason: reasonOf(state),
  });
  if (state.disputes.length > 0) {
    await setOverageLost(tx, {
      ...told,
      lostCents: lostCentsOf(state),
      paidCents: state.paidCents,
      idempotencyKey: `overage:${paymentReference}:${version}`,
      reason: reasonOf(state),
    });
  }
  const outcome = disputeOf(state);
  const dispute = {
    ...told,
    idempotencyKey: `dispute:${paymentReference}:${version}`,
    reason: `dispute ${outcome}`,
  };
  if (outcome === "open") await freezePayment(tx, dispute);
  else if (outcome !== "none") await unfreezePayment(tx, dispute);
  await rollOverMonthsOf(tx, userId, paymentReference, now);
}

/** For the line in the history; a dispute that is open has taken nothing yet. */
const reasonOf = (state: PaymentState): string => {
  const decided = disputeOf({ disputes: state.disputes.filter(({ status }) => status !== "open") });
  return decided === "none" ? "refund" : `dispute ${decided}`;
};
