import type { Stripe } from "stripe";
import { collect } from "../billing/collection.ts";
import { paymentsOf } from "../billing/invoice-relations.ts";
import { addItems, endSubscription, isOver } from "../billing/lifecycle.ts";
import { newSubscription } from "../billing/new-subscription.ts";
import { settingsOf, trialEndOf } from "../billing/subscription-params.ts";
import { newCustomer } from "../catalogue/customers.ts";
import { invalid } from "../core/errors.ts";
import { emit, update } from "../core/events.ts";
import { Params } from "../core/params.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";
import { shippingFrom } from "../payments/intent-params.ts";
import { pay } from "../payments/pay.ts";
import { newPaymentIntent } from "../payments/payment-intents.ts";
import { attach } from "../payments/payment-methods.ts";
import { confirmSetup, newSetupIntent } from "../payments/setup-intents.ts";
import { complete, onceItem } from "./completion.ts";

export type Session = Stripe.Checkout.Session;

/** What came of pressing Pay. */
export type Outcome =
  | { kind: "complete" }
  | { kind: "declined"; message: string }
  | { kind: "asks"; intent: string };

export function openSession(world: World, id: string): Session {
  const session = world.must("checkout.session", id);
  if (session.status === "open") return session;
  throw invalid(`This Checkout Session is ${session.status}.`, { code: "resource_missing" });
}

/**
 * Pays, subscribes or saves, as the session was made for, with a payment method that exists.
 * @param keepsMethod the box of the page is ticked; without such a box it means nothing
 */
export function submit(
  world: World,
  id: string,
  method: Stripe.PaymentMethod,
  keepsMethod = false,
): Outcome {
  const session = openSession(world, id);
  const canKeep = session.saved_payment_method_options?.payment_method_save === "enabled";
  world.change("order", id, { keepsMethod: keepsMethod && canKeep });
  rememberPayer(world, session, method);
  if (session.mode === "payment") return payOnce(world, id, method);
  const customer = customerFor(world, id);
  if (session.mode === "setup")
    return saveMethod(world, id, customer, method, dataOf(world, id, "setup_intent_data"));
  return subscribe(world, id, customer, method);
}

const dataOf = (world: World, id: string, name: string) =>
  new Params(world.must("order", id).params).group(name);

function rememberPayer(world: World, session: Session, method: Stripe.PaymentMethod): void {
  const { address, email, name, phone } = method.billing_details;
  const known = session.customer_details;
  world.change("checkout.session", session.id, {
    customer_details: {
      address: address ?? known?.address ?? null,
      business_name: null,
      email: email ?? known?.email ?? null,
      individual_name: null,
      name: name ?? known?.name ?? null,
      phone: phone ?? known?.phone ?? null,
      tax_exempt: "none",
      tax_ids: [],
    },
  });
}

/** The session's customer; a new one when it has none yet. */
function customerFor(world: World, id: string): Stripe.Customer {
  const session = world.must("checkout.session", id);
  const known = idOrNull(session.customer);
  if (known) return world.customer(known);
  const { email = null, name = null } = session.customer_details ?? {};
  const customer = newCustomer(world, { email, name });
  emit(world, "customer.created", customer);
  world.change("checkout.session", id, { customer: customer.id });
  return customer;
}

function payOnce(world: World, id: string, method: Stripe.PaymentMethod): Outcome {
  const session = world.must("checkout.session", id);
  const order = world.must("order", id);
  const data = dataOf(world, id, "payment_intent_data");
  const usage = data.choice("setup_future_usage", ["off_session", "on_session"]) ?? null;
  const needsCustomer =
    session.customer !== null ||
    session.customer_creation === "always" ||
    usage !== null ||
    session.invoice_creation?.enabled;
  const customer = needsCustomer ? customerFor(world, id).id : null;
  const intent = order.intent
    ? world.must("payment_intent", order.intent)
    : newPaymentIntent(world, {
        amount: session.amount_total ?? 0,
        currency: session.currency ?? "usd",
        customer,
        description: data.nullable("description") ?? null,
        metadata: data.metadata(),
        capture_method:
          data.choice("capture_method", ["automatic", "automatic_async", "manual"]) ??
          "automatic_async",
        payment_method_types: session.payment_method_types,
        receipt_email: data.nullable("receipt_email") ?? null,
        setup_future_usage: usage,
        shipping: data.has("shipping") ? shippingFrom(data.group("shipping")) : null,
      });
  world.change("order", id, { intent: intent.id });
  const paid = pay(world, intent, method, { offSession: false, returnUrl: session.url });
  return outcomeOf(world, id, paid);
}

function outcomeOf(world: World, id: string, intent: Stripe.PaymentIntent): Outcome {
  if (intent.status === "requires_action") return { kind: "asks", intent: intent.id };
  if (intent.status === "requires_payment_method") {
    const message = intent.last_payment_error?.message ?? "Your card was declined.";
    return { kind: "declined", message };
  }
  // A debit is under way, or the money is only reserved: the session is done, the payment not yet.
  if (intent.status !== "succeeded") complete(world, id, "unpaid");
  return { kind: "complete" };
}

function saveMethod(
  world: World,
  id: string,
  customer: Stripe.Customer,
  method: Stripe.PaymentMethod,
  data: Params,
): Outcome {
  const intent = newSetupIntent(world, {
    customer: customer.id,
    description: data.nullable("description") ?? null,
    metadata: data.metadata(),
    payment_method: method.id,
  });
  world.change("order", id, { intent: intent.id });
  const returnUrl = world.must("checkout.session", id).url;
  const confirmed = confirmSetup(world, intent.id, { returnUrl });
  return confirmed.status === "requires_action"
    ? { kind: "asks", intent: intent.id }
    : { kind: "complete" };
}

function subscribe(
  world: World,
  id: string,
  customer: Stripe.Customer,
  method: Stripe.PaymentMethod,
): Outcome {
  const before = world.must("order", id).subscription;
  const subscription = before ?? begin(world, id, customer);
  world.change("order", id, { subscription });
  const { status, latest_invoice } = world.must("subscription", subscription);
  const invoice = world.must("invoice", idOf(latest_invoice ?? ""));
  if (invoice.status === "paid") {
    attach(world, method.id, customer.id);
    world.change("subscription", subscription, { default_payment_method: method.id });
    complete(world, id, status === "trialing" ? "no_payment_required" : "paid");
    return { kind: "complete" };
  }
  const payment = paymentsOf(world, invoice.id)[0]?.payment.payment_intent;
  const intent = world.must("payment_intent", String(payment));
  world.change("order", id, { intent: intent.id });
  collect(world, invoice.id, method.id);
  return outcomeOf(world, id, world.must("payment_intent", intent.id));
}

/** The subscription of the lines; what is bought only once goes on its first invoice. */
function begin(world: World, id: string, customer: Stripe.Customer): string {
  const { lines } = world.must("order", id);
  const data = dataOf(world, id, "subscription_data");
  const now = world.now(world.clockOf(customer.id));
  const once = lines.filter(({ price }) => price && !price.recurring);
  addItems(
    world,
    once.map((line) => ({ ...onceItem(customer.id, line, now) })),
  );
  return newSubscription(world, {
    customer,
    items: lines.flatMap(({ price, quantity }) =>
      price?.recurring ? [{ price: price.id, quantity: quantity ?? 1 }] : [],
    ),
    paymentBehavior: "default_incomplete",
    trialEnd: trialEndOf(data, now),
    ...settingsOf(world, data),
    metadata: data.metadata(),
  }).id;
}

export function expireSession(world: World, id: string): Session {
  const session = openSession(world, id);
  const { subscription } = world.must("order", id);
  world.unschedule("session.expire", id);
  if (subscription && !isOver(world.must("subscription", subscription))) {
    endSubscription(world, subscription, {});
  }
  const change = { status: "expired", url: null } as const;
  return update(world, "checkout.session", session.id, change, "checkout.session.expired");
}
