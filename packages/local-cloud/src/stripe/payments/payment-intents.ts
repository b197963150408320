import type { Stripe } from "stripe";
import { invalid } from "../core/errors.ts";
import { emit, update } from "../core/events.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";
import { captureCharge } from "./charges.ts";
import { type How, pay, paymentError } from "./pay.ts";

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
