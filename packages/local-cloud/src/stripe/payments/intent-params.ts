import type { Stripe } from "stripe";
import { invalid } from "../core/errors.ts";
import type { Params } from "../core/params.ts";
import type { World } from "../core/world.ts";
import type { How } from "./pay.ts";
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
