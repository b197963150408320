import type { Stripe } from "stripe";
import { readInvoiceOf } from "./read.ts";
import { isRenewalDraft } from "./renewals.ts";
import { ofProcessing, subscriptionOf } from "./translate-invoices.ts";
import { subscriptionToday } from "./translate-subscription-events.ts";
import { type Desk, type Handled, isInvoiceOfOurs, type Told } from "./translation-desk.ts";

/**
 * The draft of a plan's next period. With it comes the plan as it is today: its period has moved on, whether or not that
 * event has come, and what the month before has cost is billed by it.
 */
export async function invoiceDrafted(
  desk: Desk,
  invoice: Stripe.Invoice,
  told: Told,
): Promise<Handled> {
  const subscription = subscriptionOf(invoice);
  if (subscription === null || !isRenewalDraft(invoice)) return [];
  if (!(await isInvoiceOfOurs(desk.stripe, invoice))) return "not_ours";
  const { userId, at } = told;
  return [
    ...(await subscriptionToday(desk, subscription, userId)),
    { type: "renewal_drafted", userId, subscription, invoice: invoice.id, at },
  ];
}

/** Money that takes days: only for a plan's new period is anything waited for. */
export async function debitStarted(
  { stripe }: Desk,
  intent: Stripe.PaymentIntent,
  told: Told,
): Promise<Handled> {
  const invoice = await readInvoiceOf(stripe, intent.id);
  if (invoice?.billing_reason !== "subscription_cycle") return [];
  return (await isInvoiceOfOurs(stripe, invoice)) ? ofProcessing(invoice, told) : "not_ours";
}
