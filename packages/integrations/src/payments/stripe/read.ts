import type { Stripe } from "stripe";
import { idOf, timeOf } from "./stripe-client.ts";
import type { Cycle, PaidInvoice } from "./translate-invoices.ts";
import { intervalOf } from "./translate-subscriptions.ts";

/** What an event leaves out and its translation needs, read at Stripe. */

const PAGE = 100;
/** Far more lines than an invoice of ours has: one a plan, one a tier of overage. */
const MAX_LINES = 1_000;

export const readCharge = (stripe: Stripe, id: string): Promise<Stripe.Charge> =>
  stripe.charges.retrieve(id);

export async function readPaidInvoice(
  stripe: Stripe,
  invoice: Stripe.Invoice,
): Promise<PaidInvoice> {
  const isChange = invoice.billing_reason === "subscription_update";
  const subscription = idOf(invoice.parent?.subscription_details?.subscription);
  const [lines, payment, changed] = await Promise.all([
    readLines(stripe, invoice),
    readPaymentOf(stripe, invoice),
    isChange && subscription ? stripe.subscriptions.retrieve(subscription) : null,
  ]);
  return { invoice, lines, payment, cycle: changed && (await readCycle(stripe, lines, changed)) };
}

/**
 * As it was when the lines were made. A plan that was paused, or has turned from months to years, has begun anew since:
 * then the period is counted back from its end, by the interval of the price that was charged.
 */
async function readCycle(
  stripe: Stripe,
  lines: readonly Stripe.InvoiceLineItem[],
  changed: Stripe.Subscription,
): Promise<Cycle> {
  const line = lines.find(({ amount }) => amount > 0);
  if (!line || changed.billing_cycle_anchor <= line.period.start) {
    const months = intervalOf(changed) === "year" ? 12 : 1;
    return { anchor: timeOf(changed.billing_cycle_anchor), months };
  }
  const price = idOf(line.pricing?.price_details?.price);
  const { recurring } = price ? await stripe.prices.retrieve(price) : { recurring: null };
  return { anchor: timeOf(line.period.end), months: recurring?.interval === "year" ? 12 : 1 };
}

/** An event carries the first ten. */
export const readLines = async (
  stripe: Stripe,
  { id, lines }: Stripe.Invoice,
): Promise<Stripe.InvoiceLineItem[]> =>
  lines.has_more
    ? stripe.invoices.listLineItems(id, { limit: PAGE }).autoPagingToArray({ limit: MAX_LINES })
    : lines.data;

/** One name for the money, in whatever event it is told: the payment intent that brought it. */
async function readPaymentOf(stripe: Stripe, invoice: Stripe.Invoice): Promise<string> {
  if (invoice.amount_paid === 0) return invoice.id;
  const { data } = await stripe.invoicePayments.list({ invoice: invoice.id, limit: PAGE });
  const paid = data.filter(({ status }) => status === "paid");
  const intent = paid
    .map(({ payment }) => idOf(payment.payment_intent))
    .find((reference) => reference !== null);
  // Marked as paid by hand in the dashboard: no payment intent has brought the money.
  return intent ?? invoice.id;
}

/** Null for a payment that was not for an invoice. */
export async function readInvoiceOf(
  stripe: Stripe,
  payment: string,
): Promise<Stripe.Invoice | null> {
  const { data } = await stripe.invoicePayments.list({
    payment: { type: "payment_intent", payment_intent: payment },
    ...{ limit: 1, expand: ["data.invoice"] },
  });
  const invoice = data[0]?.invoice;
  return typeof invoice === "object" && !invoice.deleted ? invoice : null;
}

type SubscriptionNow = {
  subscription: Stripe.Subscription;
  schedule: Stripe.SubscriptionSchedule | null;
};

/** @param told the object itself, if it is to be believed, or the id of the one to read */
export async function readSubscription(
  stripe: Stripe,
  told: Stripe.Subscription | string,
): Promise<SubscriptionNow> {
  const subscription = typeof told === "string" ? await stripe.subscriptions.retrieve(told) : told;
  const id = idOf(subscription.schedule);
  const schedule = id
    ? await stripe.subscriptionSchedules.retrieve(id, { expand: ["phases.items.price"] })
    : null;
  return { subscription, schedule };
}
