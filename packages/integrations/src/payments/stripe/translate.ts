import type { BillingEvent } from "@tintype/core/billing-events";
import type { Stripe } from "stripe";
import type { Knowledge, ProviderEvent, Translation } from "../payments.ts";
import { orderOf, userIdIn } from "./orders.ts";
import { yieldTo } from "./plan-changes.ts";
import { readCharge, readInvoiceOf, readPaidInvoice } from "./read.ts";
import { idOf, timeOf } from "./stripe-client.ts";
import { isOurs, ofClosedInvoice, ofPaidInvoice, ofUnpaidInvoice } from "./translate-invoices.ts";
import {
  ofCheckout,
  ofDecline,
  ofDispute,
  ofPaymentIntent,
  ofRefund,
  ofRefundedCharge,
} from "./translate-payments.ts";
import { debitStarted, invoiceDrafted } from "./translate-renewals.ts";
import { subscriptionChanged } from "./translate-subscription-events.ts";
import { type Desk, type Handled, isInvoiceOfOurs, type Told } from "./translation-desk.ts";

/** Gathers what the object leaves out, then translates. `at` is when the object was so. */
type Handler<T> = (desk: Desk, object: T, told: Told) => Handled | Promise<Handled>;
type OwnedObject = {
  id: string;
  object: string;
  metadata?: Stripe.Metadata | null;
  customer?: string | { id: string } | null;
};

/** Which types are looked at, and as what. Everything else is kept and means nothing. */
const handlers: Record<string, (desk: Desk, event: Stripe.Event) => Promise<Translation>> = {
  ...on<Stripe.Checkout.Session>(
    ["checkout.session.completed", "checkout.session.async_payment_succeeded"],
    (_, session, told) => ofCheckout(session, told),
  ),
  ...on<Stripe.Checkout.Session>(["checkout.session.async_payment_failed"], (_, session, told) =>
    ofDecline(session, told),
  ),
  ...on<Stripe.PaymentIntent>(["payment_intent.succeeded"], (_, intent, told) =>
    ofPaymentIntent(intent, told),
  ),
  ...on<Stripe.PaymentIntent>(["payment_intent.payment_failed"], (_, intent, told) =>
    ofDecline(intent, told),
  ),
  ...on<Stripe.PaymentIntent>(["payment_intent.processing"], debitStarted),
  ...on<Stripe.Invoice>(["invoice.created"], invoiceDrafted),
  ...on<Stripe.Invoice>(["invoice.paid"], invoicePaid),
  ...on<Stripe.Invoice>(["invoice.payment_failed"], async ({ stripe }, invoice, told) =>
    (await isInvoiceOfOurs(stripe, invoice)) ? ofUnpaidInvoice(invoice, told) : "not_ours",
  ),
  ...on<Stripe.Invoice>(
    ["invoice.voided", "invoice.marked_uncollectible"],
    async (desk, invoice, told) =>
      (await isInvoiceOfOurs(desk.stripe, invoice))
        ? ofClosedInvoice(invoice, told)
        : foreignClosed(desk, invoice, told),
  ),
  ...on<Stripe.Subscription>(
    [
      "customer.subscription.created",
      "customer.subscription.updated",
      "customer.subscription.deleted",
      "customer.subscription.paused",
      "customer.subscription.resumed",
    ],
    subscriptionChanged,
  ),
  ...on<Stripe.Charge>(["charge.refunded"], async (desk, charge, told) =>
    (await isChargeOfOurs(desk, charge)) ? ofRefundedCharge(charge, told) : "not_ours",
  ),
  ...onCharge<Stripe.Refund>(
    ["refund.created", "refund.updated", "refund.failed", "charge.refund.updated"],
    ofRefund,
  ),
  ...onCharge<Stripe.Dispute>(
    [
      "charge.dispute.created",
      "charge.dispute.updated",
      "charge.dispute.funds_withdrawn",
      "charge.dispute.funds_reinstated",
      "charge.dispute.closed",
    ],
    (charge, dispute, told) => ofDispute(dispute, charge, told),
  ),
  ...on<Stripe.Customer>(["customer.deleted"], (_, { id: customer }, { userId, at }) => [
    { type: "customer_deleted", userId, customer, at },
  ]),
};

/** The events that an endpoint at Stripe has to send. */
export const handledTypes: readonly string[] = Object.keys(handlers);

/** What an event of Stripe means to us; reads at Stripe what it leaves out, so never call it in a transaction. */
export async function translate(
  stripe: Stripe,
  { type, payload }: ProviderEvent,
  knowledge: Knowledge,
): Promise<Translation> {
  const handle = handlers[type];
  if (!handle) return "ignored";
  const event = payload as Stripe.Event;
  ensureSameRelease(stripe, event);
  return handle({ stripe, knowledge }, event);
}

function on<T extends OwnedObject>(types: string[], handler: Handler<T>): typeof handlers {
  const handle = async (desk: Desk, { data, created }: Stripe.Event): Promise<Translation> => {
    const object = data.object as unknown as T;
    const userId = await ownerOf(desk, object);
    if (userId === null) return "unknown_user";
    const events = await handler(desk, object, { userId, at: timeOf(created) });
    return events.length > 0 ? events : "ignored";
  };
  return Object.fromEntries(types.map((type) => [type, handle]));
}

/** For what hangs on a charge and tells neither whose it is nor what was paid. */
function onCharge<T extends { charge: string | Stripe.Charge | null }>(
  types: string[],
  handler: (charge: Stripe.Charge, object: T, told: Told) => BillingEvent[],
): typeof handlers {
  const handle = async (desk: Desk, { data, created }: Stripe.Event): Promise<Translation> => {
    const object = data.object as unknown as T;
    const id = idOf(object.charge);
    if (!id) return "ignored";
    const charge = await readCharge(desk.stripe, id);
    const userId = await ownerOf(desk, charge);
    if (userId === null) return "unknown_user";
    if (!(await isChargeOfOurs(desk, charge))) return "not_ours";
    const events = handler(charge, object, { userId, at: timeOf(created) });
    return events.length > 0 ? events : "ignored";
  };
  return Object.fromEntries(types.map((type) => [type, handle]));
}

/** We name the user wherever Stripe lets us; where it makes an object by itself, its customer tells. */
async function ownerOf({ knowledge }: Desk, object: OwnedObject): Promise<string | null> {
  const named = userIdIn(object.metadata) ?? userIdIn(subscriptionMetadataOf(object));
  if (named) return named;
  const customer = object.object === "customer" ? object.id : idOf(object.customer);
  const known = customer ? await knowledge.userOfCustomer(customer) : null;
  if (known) return known;
  const payment = idOf((object as Partial<Stripe.Charge>).payment_intent);
  return payment ? knowledge.userOfPayment(payment) : null;
}

const subscriptionMetadataOf = (object: OwnedObject): Stripe.Metadata | null | undefined =>
  (object as Partial<Stripe.Invoice>).parent?.subscription_details?.metadata;

/**
 * An order says so itself. The charge of an invoice does not: it is ours if its payment is booked, or if the invoice is
 * that has not been told yet.
 */
async function isChargeOfOurs(
  { stripe, knowledge }: Desk,
  { metadata, payment_intent }: Stripe.Charge,
): Promise<boolean> {
  const payment = idOf(payment_intent);
  if (payment === null || orderOf(metadata)) return true;
  if ((await knowledge.userOfPayment(payment)) !== null) return true;
  const invoice = await readInvoiceOf(stripe, payment);
  return invoice !== null && isInvoiceOfOurs(stripe, invoice);
}

async function invoicePaid(desk: Desk, invoice: Stripe.Invoice, told: Told): Promise<Handled> {
  const paid = await readPaidInvoice(desk.stripe, invoice);
  if (!isOurs(invoice, paid.lines)) return foreignClosed(desk, invoice, told);
  const events = ofPaidInvoice(paid, told);
  const changed = await yieldTo(desk.stripe, invoice);
  return changed ? [...events, ...(await subscriptionChanged(desk, changed, told))] : events;
}

/** A failure of it may have been booked when we did not tell such invoices from ours yet: that has to end. */
async function foreignClosed(
  { knowledge }: Desk,
  { id }: Stripe.Invoice,
  { userId, at }: Told,
): Promise<Handled> {
  if (!(await knowledge.isInvoiceWaitedFor(userId, id))) return "not_ours";
  return [{ type: "invoice_closed", userId, invoice: id, at }];
}

/** "2026-10-28.endive": within a release Stripe only adds; another one may mean other things by the same words. */
const releaseOf = (version: string | null | undefined) => version?.split(".")[1];

function ensureSameRelease(stripe: Stripe, event: Stripe.Event): void {
  const ours = stripe.getApiField("version");
  if (releaseOf(event.api_version) === releaseOf(ours)) return;
  throw new Error(
    `the webhook endpoint speaks ${event.api_version ?? "no"} API version; make it anew with ${ours}`,
  );
}
