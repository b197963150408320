import { Stripe } from "stripe";
import type { RenewalOutcome } from "../payments.ts";
import { readLines } from "./read.ts";
import { idOf, unlessUnknown } from "./stripe-client.ts";
import { isOurs, subscriptionOf } from "./translate-invoices.ts";

/**
 * Stripe makes the invoice of a new period as a draft and finalises it about an hour later: an hour after `invoice.created`
 * was answered with 2xx, or after 72 hours when it never is. The allowance of the period before is over by then, so we
 * finalise and pay it as soon as it is there (docs.stripe.com/billing/subscriptions/webhooks, stripe/stripe-java#1613).
 */

/** More drafts than a plan ever has. */
const PAGE = 100;

/**
 * A period that follows another one. A schedule that brings a plan of another interval, and a period that is moved, are
 * billed as an update; those that we ask for ourselves are finalised within the call and are no drafts.
 */
const RENEWING: ReadonlySet<string | null> = new Set(["subscription_cycle", "subscription_update"]);

/** What the invoice says of itself; whether its plan is ours and goes on is asked at Stripe. */
export const isRenewalDraft = (invoice: Stripe.Invoice): boolean =>
  invoice.status === "draft" &&
  RENEWING.has(invoice.billing_reason) &&
  isAutomatic(invoice) &&
  subscriptionOf(invoice) !== null;

/** Somebody who turned it off wants to look at the invoice first; an invoice that is sent is paid by its reader. */
const isAutomatic = ({ auto_advance, collection_method }: Stripe.Invoice): boolean =>
  auto_advance === true && collection_method === "charge_automatically";

export async function collectRenewal(stripe: Stripe, id: string): Promise<RenewalOutcome> {
  const known = await unlessUnknown("invoice", () => stripe.invoices.retrieve(id));
  if (known === null || !(await mayCollect(stripe, known))) return "left_alone";
  let invoice: Stripe.Invoice = known;
  if (invoice.status === "draft") {
    // Automatic collection stays on: should we die now, Stripe collects it, and retries what is declined.
    invoice = await orAsItIs(stripe, id, () =>
      stripe.invoices.finalizeInvoice(id, { auto_advance: true }),
    );
  }
  // Once attempted, the next attempt is for Stripe's retries to make: each one more is one more decline at the bank.
  if (invoice.status === "open" && !invoice.attempted && isAutomatic(invoice)) {
    invoice = await orAsItIs(stripe, id, () => stripe.invoices.pay(id));
  }
  if (invoice.status === "paid") return "paid";
  return invoice.status === "open" ? "waits" : "left_alone";
}

export async function findRenewals(stripe: Stripe, subscription: string): Promise<string[]> {
  const { data } = await stripe.invoices.list({ subscription, status: "draft", limit: PAGE });
  const drafts = data.filter(isRenewalDraft);
  const found: string[] = [];
  for (const draft of drafts) if (await mayCollect(stripe, draft)) found.push(draft.id);
  return found;
}

/** Of a plan of ours that is neither paused nor over: what is billed during a pause is cancelled, and must not be paid. */
async function mayCollect(stripe: Stripe, invoice: Stripe.Invoice): Promise<boolean> {
  const reference = subscriptionOf(invoice);
  if (reference === null || !RENEWING.has(invoice.billing_reason)) return false;
  if (invoice.status === "draft" && !isRenewalDraft(invoice)) return false;
  if (!isOurs(invoice, await readLines(stripe, invoice))) return false;
  const plan = await stripe.subscriptions.retrieve(reference);
  // A change that waits for its money has an invoice of its own, which Stripe cancels when nobody pays.
  const isChange = plan.pending_update !== null && idOf(plan.latest_invoice) === invoice.id;
  return plan.pause_collection === null && collected.has(plan.status) && !isChange;
}

const collected: ReadonlySet<Stripe.Subscription.Status> = new Set(["active", "past_due"]);

/**
 * Stripe may have been faster: finalised by its own clock, it is "already finalized", and paid by its own attempt "already
 * paid", with or without a code (twentyhq/twenty#21097, vm0-ai/vm0#32489). How the invoice stands says what the refusal
 * meant. A card that says no is an answer: Stripe tells it by its event and tries again by its own schedule.
 * @throws the refusal when the invoice is still a draft: nothing has collected it
 */
async function orAsItIs(
  stripe: Stripe,
  id: string,
  step: () => Promise<Stripe.Invoice>,
): Promise<Stripe.Invoice> {
  try {
    return await step();
  } catch (error) {
    const isAnswer =
      error instanceof Stripe.errors.StripeCardError ||
      error instanceof Stripe.errors.StripeInvalidRequestError;
    if (!isAnswer) throw error;
    const invoice = await stripe.invoices.retrieve(id);
    if (invoice.status === "draft") throw error;
    return invoice;
  }
}
