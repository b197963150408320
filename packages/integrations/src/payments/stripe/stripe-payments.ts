import { DomainError } from "@tintype/core/problems";
import { Stripe } from "stripe";
import {
  type PaymentProvider,
  type ProviderEvent,
  type RefundRequest,
  WebhookRefused,
} from "../payments.ts";
import { createCheckout, findCheckout } from "./checkout.ts";
import { findDocument, listDocuments } from "./documents.ts";
import { refundMetadata } from "./orders.ts";
import { billOverage } from "./overage.ts";
import { pause, unpause } from "./pauses.ts";
import * as changes from "./plan-changes.ts";
import { collectRenewal, findRenewals } from "./renewals.ts";
import { findCard, saveCard } from "./saved-card.ts";
import {
  type Desk,
  forPerson,
  type StripeOptions,
  stripeClient,
  timeOf,
  unlessUnknown,
} from "./stripe-client.ts";
import { topUp } from "./top-up.ts";
import { translate } from "./translate.ts";

/** Seconds. Who has seen a delivery can send it again for so long, and finds it booked already. */
const SIGNATURE_TOLERANCE = 300;

export function createStripePayments(
  options: StripeOptions & {
    webhookSecret: string;
    /** The age of webhooks and of what is read here goes by it; this machine's clock unless given. */
    now?: () => Date;
  },
): PaymentProvider {
  const stripe = stripeClient(options);
  const { now = () => new Date() } = options;
  const desk: Desk = { stripe, now };
  return {
    verifyWebhook: (rawBody, signature) => verify(desk, options.webhookSecret, rawBody, signature),
    translate: (event, knowledge) => translate(stripe, event, knowledge),
    createCustomer: ({ id, email }, requestId) =>
      forPerson(requestId, async () => {
        const customer = await stripe.customers.create(
          { email, metadata: { userId: id } },
          { idempotencyKey: `customer:${requestId}` },
        );
        return customer.id;
      }),
    createCheckout: (order) =>
      forPerson(order.requestId, () =>
        unlessUnknown("customer", () => createCheckout(stripe, order)),
      ),
    findCheckout: (id) => forPerson(id, () => findCheckout(stripe, id)),
    openPortal: (customer, returnUrl, locale) =>
      forPerson(customer, async () => {
        const params = { customer, return_url: returnUrl, locale };
        const portal = await unlessUnknown("customer", () =>
          stripe.billingPortal.sessions.create(params),
        );
        return portal?.url ?? null;
      }),
    listInvoices: (customer, limit, after) =>
      forPerson(customer, () => listDocuments(stripe, customer, limit, after)),
    findDocument: (payment) => forPerson(payment, () => findDocument(stripe, payment)),
    previewNextBill: (id) =>
      forPerson(id, () => unlessUnknown("subscription", () => changes.previewNextBill(stripe, id))),
    previewUpgrade: (change) =>
      forPerson(change.subscription, () => changes.previewUpgrade(stripe, change)),
    upgrade: (change, requestId) =>
      forPerson(requestId, () => changes.upgrade(desk, change, requestId)),
    changeAtPeriodEnd: (change, requestId) =>
      forPerson(requestId, () => changes.changeAtPeriodEnd(desk, change, requestId)),
    cancelAtPeriodEnd: (id) => forPerson(id, () => changes.cancelAtPeriodEnd(desk, id)),
    pause: (id, requestId) => forPerson(requestId, () => pause(desk, id, requestId)),
    unpause: (id, startsAnew, requestId) =>
      forPerson(requestId, () => unpause(desk, id, startsAnew, requestId)),
    resume: (id) => forPerson(id, () => changes.resume(desk, id)),
    billOverage: (bill) => billOverage(stripe, bill),
    collectRenewal: (invoice) => collectRenewal(stripe, invoice),
    findRenewals: (subscription) => findRenewals(stripe, subscription),
    topUp: (order) => topUp(stripe, order),
    findCard: (customer) =>
      forPerson(customer, () => unlessUnknown("customer", () => findCard(stripe, customer))),
    saveCard: (request) =>
      forPerson(request.requestId, () =>
        unlessUnknown("customer", () => saveCard(stripe, request)),
      ),
    refund: (request) => forPerson(request.idempotencyKey, () => refund(stripe, request)),
  };
}

function verify(
  { stripe, now }: Desk,
  secret: string,
  rawBody: string,
  signature: string,
): ProviderEvent {
  try {
    const event = stripe.webhooks.constructEvent(
      ...([rawBody, signature, secret, SIGNATURE_TOLERANCE, undefined] as const),
      now().getTime(),
    );
    const { id, type, created } = event;
    return { id, type, occurredAt: timeOf(created), payload: storable(event) };
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw error;
    throw new WebhookRefused(error.message, { cause: error });
  }
}

/** PostgreSQL stores no NUL and no half of a letter, and what is written by hand somewhere may hold one. */
const storable = (value: unknown): unknown => {
  if (typeof value === "string") return value.replaceAll("\0", "").toWellFormed();
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [storable(key), storable(inner)]),
  );
};

async function refund(stripe: Stripe, request: RefundRequest): Promise<void> {
  const { payment, amountCents, idempotencyKey } = request;
  try {
    await stripe.refunds.create(
      {
        payment_intent: payment,
        ...(amountCents !== null && { amount: amountCents }),
        metadata: refundMetadata(request),
      },
      { idempotencyKey },
    );
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
    throw new DomainError({ code: "refund_refused" }, { cause: error });
  }
}
