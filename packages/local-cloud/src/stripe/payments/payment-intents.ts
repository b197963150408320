import type { Stripe } from "stripe";
import { invalid } from "../core/errors.ts";
import { emit, update } from "../core/events.ts";
import type { Params } from "../core/params.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";
import { captureCharge } from "./charges.ts";
import { type How, pay, paymentError } from "./pay.ts";
import { addressFrom, createPaymentMethod, paymentMethodOf } from "./payment-methods.ts";

/** What can be given when an intent is made, changed or confirmed. */
const ASKED = [
  ...["amount", "currency", "customer", "description", "metadata", "payment_method"],
  ...["payment_method_data", "payment_method_types", "payment_method_options", "receipt_email"],
  ...["setup_future_usage", "shipping", "statement_descriptor", "statement_descriptor_suffix"],
  ...["automatic_payment_methods", "transfer_group"],
];
const CONFIRMED = [
  "off_session",
  "return_url",
  "error_on_requires_action",
  "mandate_data",
  "mandate",
];
export const CREATE = [...ASKED, ...CONFIRMED, "confirm", "capture_method", "confirmation_method"];
export const UPDATE = ASKED;
export const CONFIRM = [
  ...CONFIRMED,
  ...["payment_method", "payment_method_data", "payment_method_options", "payment_method_types"],
  ...["receipt_email", "setup_future_usage", "shipping", "capture_method", "use_stripe_sdk"],
];

const MIN_AMOUNT = 50;
const MAX_AMOUNT = 99_999_999;

export type NewIntent = {
  amount: number;
  currency: string;
  customer: string | null;
} & Partial<Stripe.PaymentIntent>;

/** A new intent, told of. */
export function newPaymentIntent(world: World, asked: NewIntent): Stripe.PaymentIntent {
  const id = world.id("pi");
  const intent: Stripe.PaymentIntent = {
    id,
    object: "payment_intent",
    allowed_payment_method_types: null,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: "automatic_async",
    client_secret: world.clientSecret(id),
    confirmation_method: "automatic",
    created: world.now(world.clockOf(asked.customer)),
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: {
        installments: null,
        mandate_options: null,
        network: null,
        request_three_d_secure: "automatic",
      },
    },
    payment_method_types: ["card"],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: asked.payment_method ? "requires_confirmation" : "requires_payment_method",
    transfer_data: null,
    transfer_group: null,
    ...asked,
  };
  world.store.put("payment_intent", intent);
  emit(world, "payment_intent.created", intent);
  return intent;
}

function checkAmount(amount: number): number {
  if (amount < MIN_AMOUNT) {
    throw invalid("Amount must be at least $0.50 usd", {
      code: "amount_too_small",
      param: "amount",
    });
  }
  if (amount > MAX_AMOUNT) {
    throw invalid("Amount must be no more than $999,999.99", {
      code: "amount_too_large",
      param: "amount",
    });
  }
  return amount;
}

/** Those parameters that were given, as members of an intent. */
export function askedOf(
  world: World,
  params: Params,
  before?: Stripe.PaymentIntent,
): Partial<Stripe.PaymentIntent> {
  const asked: Partial<Stripe.PaymentIntent> = { metadata: params.metadata(before?.metadata) };
  const customer = params.nullable("customer");
  if (customer !== undefined) asked.customer = customer && world.customer(customer, "customer").id;
  for (const name of [
    "description",
    "receipt_email",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
  ] as const) {
    const value = params.nullable(name);
    if (value !== undefined) asked[name] = value;
  }
  const amount = params.integer("amount");
  if (amount !== undefined) asked.amount = checkAmount(amount);
  const currency = params.text("currency");
  if (currency !== undefined) asked.currency = currency.toLowerCase();
  if (params.has("setup_future_usage")) {
    asked.setup_future_usage =
      params.choice("setup_future_usage", ["off_session", "on_session", ""]) || null;
  }
  const types = params.texts("payment_method_types");
  if (types) asked.payment_method_types = types;
  const capture = params.choice("capture_method", ["automatic", "automatic_async", "manual"]);
  if (capture) asked.capture_method = capture;
  const confirmation = params.choice("confirmation_method", ["automatic", "manual"]);
  if (confirmation) asked.confirmation_method = confirmation;
  if (params.has("automatic_payment_methods")) {
    const enabled = params.group("automatic_payment_methods").boolean("enabled") ?? true;
    asked.automatic_payment_methods = { enabled, allow_redirects: "always" };
  }
  if (params.has("shipping")) asked.shipping = shippingFrom(params.group("shipping"));
  const method = methodFrom(world, params);
  if (method) asked.payment_method = method;
  return asked;
}

export const shippingFrom = (params: Params): Stripe.PaymentIntent.Shipping => ({
  address: addressFrom(params.group("address")),
  name: params.required("name"),
  carrier: params.nullable("carrier") ?? null,
  phone: params.nullable("phone") ?? null,
  tracking_number: params.nullable("tracking_number") ?? null,
});

function methodFrom(world: World, params: Params): string | undefined {
  if (params.has("payment_method_data")) {
    return createPaymentMethod(world, params.group("payment_method_data")).id;
  }
  const id = params.nullable("payment_method");
  return id ? paymentMethodOf(world, id).id : undefined;
}

export function howOf(params: Params): How {
  const offSession = params.text("off_session");
  return {
    offSession: offSession !== undefined && offSession !== "false",
    returnUrl: params.text("return_url") ?? null,
  };
}

/** Confirms an intent as its caller asked. A bank's no is an error that leaves the intent behind. */
export function confirm(world: World, id: string, how: How): Stripe.PaymentIntent {
  const intent = world.must("payment_intent", id);
  if (
    !["requires_payment_method", "requires_confirmation", "requires_action"].includes(intent.status)
  ) {
    throw unexpectedState(intent, "confirm");
  }
  const methodId = idOrNull(intent.payment_method);
  if (!methodId) {
    throw invalid(
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
      { code: "payment_intent_unexpected_state", payment_intent: intent },
    );
  }
  const method = world.must("payment_method", methodId);
  checkOwner(intent, method);
  const paid = pay(world, intent, method, how);
  const error = paymentError(paid);
  if (error) throw error;
  return paid;
}

function checkOwner(intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod): void {
  const owner = idOrNull(method.customer);
  if (!owner || owner === idOrNull(intent.customer)) return;
  throw invalid(
    intent.customer
      ? "The provided PaymentMethod was previously attached to a different Customer."
      : `The payment method ${method.id} belongs to the Customer ${owner}. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`,
    { param: "payment_method" },
  );
}

export function capture(
  world: World,
  id: string,
  amount: number | undefined,
): Stripe.PaymentIntent {
  const intent = world.must("payment_intent", id);
  if (intent.status !== "requires_capture") throw unexpectedState(intent, "capture");
  const taken = amount ?? intent.amount_capturable;
  if (taken > intent.amount_capturable) {
    throw invalid(`The amount to capture is greater than ${intent.amount_capturable}.`, {
      code: "amount_too_large",
      param: "amount_to_capture",
    });
  }
  captureCharge(world, idOf(intent.latest_charge ?? ""), taken);
  const change = { status: "succeeded", amount_received: taken, amount_capturable: 0 } as const;
  const captured = update(world, "payment_intent", id, change, "payment_intent.succeeded");
  world.reactions.paymentSettled(world, captured);
  return world.must("payment_intent", id);
}

const CANCELABLE = [
  "requires_payment_method",
  "requires_confirmation",
  "requires_action",
  "requires_capture",
];

export function cancelPaymentIntent(
  world: World,
  id: string,
  reason: string | null,
): Stripe.PaymentIntent {
  const intent = world.must("payment_intent", id);
  if (!CANCELABLE.includes(intent.status)) throw unexpectedState(intent, "cancel");
  const change: Partial<Stripe.PaymentIntent> = {
    status: "canceled",
    canceled_at: world.now(world.clockOf(idOrNull(intent.customer))),
    cancellation_reason: reason,
    amount_capturable: 0,
    next_action: null,
  };
  return update(world, "payment_intent", id, change, "payment_intent.canceled");
}

export const unexpectedState = (intent: Stripe.PaymentIntent, verb: string) =>
  invalid(`You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`, {
    code: "payment_intent_unexpected_state",
    payment_intent: intent,
  });
