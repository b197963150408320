import { Stripe } from "stripe";
import type { OverageBill, PlacedBill } from "../payments.ts";
import { findPaymentMethod } from "./saved-card.ts";
import { idOf } from "./stripe-client.ts";

/** More invoices and items than a customer gets between two attempts at one bill. */
const PAGE = 100;

/**
 * One item a tier: on the plan's next invoice, or on an invoice of its own that is collected at once. What an earlier
 * attempt has made is looked for first, because Stripe forgets idempotency keys after a day and our schedule does not.
 * An attempt that broke off may have left half of the bill at a plan that has ended since, where nobody collects it:
 * what is still open goes with the rest, so that all of it ends on one invoice.
 */
export async function billOverage(stripe: Stripe, bill: OverageBill): Promise<PlacedBill> {
  const made = await stripe.invoiceItems.list({ customer: bill.customer, limit: PAGE });
  const mine = made.data.filter(({ metadata }) => metadata?.overageBill === bill.id);
  const own = await findInvoice(stripe, bill);
  // A draft is filled; whatever is further has all its lines, or it would not have been finished.
  if (own && own.status !== "draft") return collect(stripe, own);
  if (own === null && bill.subscription !== null) {
    const where = await nextInvoiceOf(stripe, bill.subscription);
    await fill(stripe, bill, mine, where);
    return { invoice: null, isUnpaid: false };
  }
  const invoice = own ?? (await createInvoice(stripe, bill));
  await fill(stripe, bill, mine, { invoice: invoice.id });
  return collect(stripe, invoice);
}

/** Puts there what is not there yet, and takes it away from where it would be collected apart or never. */
async function fill(
  stripe: Stripe,
  bill: OverageBill,
  mine: readonly Stripe.InvoiceItem[],
  where: Place,
): Promise<void> {
  const settled = new Set<string | undefined>();
  let billedApart = 0;
  for (const item of mine) {
    if (await isMovable(stripe, item, where)) await stripe.invoiceItems.del(item.id);
    else {
      settled.add(item.metadata?.tier);
      if (!isAt(item, where)) billedApart += 1;
    }
  }
  const together = bill.lines.length - billedApart;
  for (const line of bill.lines) {
    if (!settled.has(line.tier)) await addLine(stripe, bill, line, { where, together });
  }
}

const isAt = (item: Stripe.InvoiceItem, where: Place): boolean =>
  "invoice" in where
    ? idOf(item.invoice) === where.invoice
    : idOf(item.invoice) === null && subscriptionOf(item) === where.subscription;

const subscriptionOf = ({ parent }: Stripe.InvoiceItem): string | null =>
  idOf(parent?.subscription_details?.subscription);

/** Waiting, or on a draft. On a finished invoice it is asked for there. */
async function isMovable(stripe: Stripe, item: Stripe.InvoiceItem, where: Place): Promise<boolean> {
  if (isAt(item, where)) return false;
  const invoice = idOf(item.invoice);
  return invoice === null || (await stripe.invoices.retrieve(invoice)).status === "draft";
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
  { where, together }: { where: Place; together: number },
): Promise<void> {
  await stripe.invoiceItems.create(
    {
      ...{ customer, amount: cents, currency: "usd", ...where },
      description: `Beyond the wallet, ${tier} models: ${credits} credits`,
      // The bill is paid by the invoice that has so many of its lines.
      metadata: { userId, overageBill: id, tier, overageLines: String(together) },
    },
    // The place is part of the key: should the draft be closed meanwhile, the next attempt is another request.
    { idempotencyKey: `overage:${id}:${tier}:${Object.values(where).join()}` },
  );
}

async function findInvoice(stripe: Stripe, bill: OverageBill): Promise<Stripe.Invoice | null> {
  const { data } = await stripe.invoices.list({ customer: bill.customer, limit: PAGE });
  return data.find(({ metadata }) => metadata?.overageBill === bill.id) ?? null;
}

const createInvoice = (stripe: Stripe, bill: OverageBill): Promise<Stripe.Invoice> =>
  stripe.invoices.create(
    {
      ...{ customer: bill.customer, currency: "usd", collection_method: "charge_automatically" },
      // Only what is named here: what waits for a plan's invoice stays there.
      ...{ pending_invoice_items_behavior: "exclude", auto_advance: false },
      metadata: { userId: bill.userId, overageBill: bill.id },
    },
    { idempotencyKey: `overage:${bill.id}` },
  );

/** A card that says no is an answer and not a failure: the invoice stays open, and Stripe tells it as well. */
async function collect(stripe: Stripe, made: Stripe.Invoice): Promise<PlacedBill> {
  let invoice = made;
  if (invoice.status === "draft") {
    invoice = await stripe.invoices.finalizeInvoice(invoice.id, { auto_advance: true });
  }
  const customer = idOf(invoice.customer);
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

/**
 * What waits for the plan's next invoice gets one of its own, now: an invoice that may be cancelled, of a paused plan or
 * of a change that is not paid, would take it along. A card that says no leaves it open, as it always does.
 */
export async function billWaiting(
  stripe: Stripe,
  { id, customer }: Stripe.Subscription,
  idempotencyKey: string,
): Promise<void> {
  const owner = idOf(customer);
  if (!owner) return;
  const items = await stripe.invoiceItems.list({ customer: owner, pending: true, limit: PAGE });
  if (!items.data.some((item) => subscriptionOf(item) === id)) return;
  const invoice = await stripe.invoices.create(
    // Of a subscription, it takes what waits for that one. Left alone after a crash, it goes on by itself.
    { customer: owner, subscription: id, auto_advance: true },
    { idempotencyKey },
  );
  // Made by an earlier attempt whose answer was lost, it may be further already.
  if (invoice.status === "draft") {
    await stripe.invoices.finalizeInvoice(invoice.id, { auto_advance: true });
  }
}
