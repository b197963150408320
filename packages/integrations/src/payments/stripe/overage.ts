import { Stripe } from "stripe";
import type { OverageBill, PlacedBill } from "../payments.ts";
import { findPaymentMethod } from "./saved-card.ts";

/** More invoices and items than a customer gets between two attempts at one bill. */
const PAGE = 100;

/**
 * One item a tier: on the plan's next invoice, or on an invoice of its own that is collected at once. What an earlier
 * attempt has made is looked for first, because Stripe forgets idempotency keys after a day and our schedule does not.
 */
export async function billOverage(stripe: Stripe, bill: OverageBill): Promise<PlacedBill> {
  const made = await stripe.invoiceItems.list({ customer: bill.customer, limit: PAGE });
  const mine = made.data.filter(({ metadata }) => metadata?.overageBill === bill.id);
  const missing = bill.lines.filter(
    ({ tier }) => !mine.some(({ metadata }) => metadata?.tier === tier),
  );
  if (bill.subscription !== null) {
    const where = await nextInvoiceOf(stripe, bill.subscription);
    for (const line of missing) await addLine(stripe, bill, line, where);
    return { invoice: null, isUnpaid: false };
  }
  const invoice = await ensureInvoice(stripe, bill);
  // A draft is filled; whatever is further has all its lines, or it would not have been finished.
  if (invoice.status === "draft") {
    for (const line of missing) await addLine(stripe, bill, line, { invoice: invoice.id });
  }
  return collect(stripe, invoice);
}

type Place = { subscription: string } | { invoice: string };

/**
 * A renewal's invoice is a draft for about an hour: while it is, what the month before has cost goes with it. An item
 * that merely waits would be collected with the invoice after that, a month later.
 */
async function nextInvoiceOf(stripe: Stripe, subscription: string): Promise<Place> {
  const { data } = await stripe.invoices.list({ subscription, status: "draft", limit: PAGE });
  const renewal = data.find(({ billing_reason }) => billing_reason === "subscription_cycle");
  return renewal ? { invoice: renewal.id } : { subscription };
}

async function addLine(
  stripe: Stripe,
  { id, userId, customer }: OverageBill,
  { tier, cents, credits }: OverageBill["lines"][number],
  where: Place,
): Promise<void> {
  await stripe.invoiceItems.create(
    {
      ...{ customer, amount: cents, currency: "usd", ...where },
      description: `Beyond the wallet, ${tier} models: ${credits} credits`,
      metadata: { userId, overageBill: id, tier },
    },
    // The place is part of the key: should the draft be closed meanwhile, the next attempt is another request.
    { idempotencyKey: `overage:${id}:${tier}:${Object.values(where).join()}` },
  );
}

async function ensureInvoice(stripe: Stripe, bill: OverageBill): Promise<Stripe.Invoice> {
  const { data } = await stripe.invoices.list({ customer: bill.customer, limit: PAGE });
  const made = data.find(({ metadata }) => metadata?.overageBill === bill.id);
  if (made) return made;
  return stripe.invoices.create(
    {
      ...{ customer: bill.customer, currency: "usd", collection_method: "charge_automatically" },
      // Only what is named here: what waits for a plan's invoice stays there.
      ...{ pending_invoice_items_behavior: "exclude", auto_advance: false },
      metadata: { userId: bill.userId, overageBill: bill.id },
    },
    { idempotencyKey: `overage:${bill.id}` },
  );
}

/** A card that says no is an answer and not a failure: the invoice stays open, and Stripe tells it as well. */
async function collect(stripe: Stripe, made: Stripe.Invoice): Promise<PlacedBill> {
  let invoice = made;
  if (invoice.status === "draft") {
    invoice = await stripe.invoices.finalizeInvoice(invoice.id, { auto_advance: true });
  }
  const customer = typeof invoice.customer === "string" ? invoice.customer : invoice.customer?.id;
  const method = customer ? await findPaymentMethod(stripe, customer) : null;
  if (invoice.status === "open" && method) {
    try {
      invoice = await stripe.invoices.pay(invoice.id, { payment_method: method.id });
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeCardError)) throw error;
    }
  }
  return { invoice: invoice.id, isUnpaid: invoice.status === "open" };
}
