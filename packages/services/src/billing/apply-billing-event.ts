import { type BillingEvent, billingEvent } from "@tintype/core/billing-events";
import type { BillingNews } from "@tintype/core/billing-news";
import type { Tx } from "@tintype/db/client";
import { lockPaymentWallets } from "../rewards/referral-rewards.ts";
import { recordFailedPayment, recordProcessing, resolveFailedPayment } from "./failed-payments.ts";
import { payPeriod } from "./grant-months.ts";
import { failOverage, forgiveOverage, settleOverage } from "./overage-bills.ts";
import { disputePayment, refundPayment, settlePayment } from "./payments.ts";
import { recordRenewal } from "./renewals.ts";
import { endSubscriptions, recordSubscription } from "./subscriptions.ts";

/**
 * Applies what the payment provider told, inside the transaction that also holds the webhook's inbox row. The same
 * event again, another event about the same thing, any order and any delay lead to the same end: every effect hangs
 * on a business key or is a state. Afterwards tell `signals.userChanged(event.userId)`.
 *
 * Locks: the wallet row first, together with that of whoever invited the user, by user id; then payments,
 * subscriptions, paid periods and grants of this user only.
 * @throws when the event makes no sense (half a cent), or the user or the plan is not known: nothing is applied, and
 * the provider will tell it again
 * @returns what the user should hear of by letter, for `bookBillingEvents`
 */
export async function applyBillingEvent(
  tx: Tx,
  told: BillingEvent,
  now: Date,
): Promise<BillingNews[]> {
  const event = billingEvent.parse(told);
  await lockPaymentWallets(tx, event.userId, now);
  switch (event.type) {
    case "payment_settled":
      return settlePayment(tx, event, now);
    case "payment_refunded":
      return refundPayment(tx, event, now);
    case "dispute_opened":
    case "dispute_closed":
      return disputePayment(tx, event, now);
    case "period_paid":
    case "upgrade_paid":
      return payPeriod(tx, event, now);
    case "subscription_changed":
      return recordSubscription(tx, event, now);
    case "customer_deleted":
      return endSubscriptions(tx, event, now);
    case "payment_failed":
      // Nothing is taken for a failed renewal: the allowance stops by itself, for no period was paid.
      await failOverage(tx, event);
      return recordFailedPayment(tx, event, now);
    case "payment_processing":
      return recordProcessing(tx, event, now);
    case "renewal_drafted":
      await recordRenewal(tx, event, now);
      return [];
    case "invoice_closed":
      await forgiveOverage(tx, event);
      await resolveFailedPayment(tx, event, now);
      return [];
    case "overage_paid":
      await settleOverage(tx, event, now);
      return [];
  }
}
