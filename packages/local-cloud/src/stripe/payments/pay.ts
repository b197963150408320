import type { Stripe } from "stripe";
import { paymentRefused, type StripeError } from "../core/errors.ts";
import { emit, update } from "../core/events.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";
import {
  type Decline,
  failCharge,
  failedCharge,
  pendingCharge,
  settlePendingCharge,
  succeededCharge,
} from "./charges.ts";
import { openDispute } from "./disputes.ts";
import { attach } from "./payment-methods.ts";
import { type Behaviour, behaviourOf } from "./test-cards.ts";

export type How = {
  offSession: boolean;
  returnUrl: string | null;
  /** The holder has just confirmed it to the bank. */
  authenticated?: boolean;
};

const AUTHENTICATION_REQUIRED: Decline = {
  code: "authentication_required",
  declineCode: "authentication_required",
  message:
    "Your card was declined. This transaction requires authentication. Please try again and authenticate your payment when prompted during checkout.",
};

/**
 * Tries to take the money of an intent with a payment method. Gives the intent as it is after that:
 * succeeded, requires_capture, processing, requires_action, or requires_payment_method when the
 * bank said no.
 */
export function pay(
  world: World,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  how: How,
): Stripe.PaymentIntent {
  const card = world.must("card", method.id);
  const behaviour = behaviourOf(card.behaviour);
  world.change("payment_intent", intent.id, {
    payment_method: method.id,
    last_payment_error: null,
    next_action: null,
  });
  if (behaviour.kind === "debits") return startDebit(world, intent.id, method);
  const decline = declineOf(behaviour, how, card.authenticated);
  if (decline) return declineIntent(world, intent.id, method, decline);
  if (mustAsk(behaviour, how, card.authenticated)) return ask(world, intent.id, how.returnUrl);
  if (intent.setup_future_usage) save(world, intent, method);
  return succeed(world, intent.id, method, behaviour);
}

function declineOf(behaviour: Behaviour, how: How, wasSetUp: boolean): Decline | undefined {
  if (behaviour.kind === "declines") return behaviour;
  if (behaviour.kind !== "asks") return undefined;
  if (how.authenticated || (wasSetUp && !behaviour.always)) {
    if (!behaviour.thenDeclines) return undefined;
    const message = "Your card has insufficient funds.";
    return { code: "card_declined", declineCode: behaviour.thenDeclines, message };
  }
  return how.offSession ? AUTHENTICATION_REQUIRED : undefined;
}

const mustAsk = (behaviour: Behaviour, how: How, wasSetUp: boolean) =>
  behaviour.kind === "asks" && !how.authenticated && (behaviour.always || !wasSetUp);

function ask(world: World, id: string, returnUrl: string | null): Stripe.PaymentIntent {
  const intent = world.change("payment_intent", id, {
    status: "requires_action",
    next_action: authentication(world, id, returnUrl) as Stripe.PaymentIntent.NextAction,
  });
  emit(world, "payment_intent.requires_action", intent);
  return intent;
}

/** Where the holder confirms it: the hosted page, for the browser or for Stripe.js. */
export function authentication(world: World, id: string, returnUrl: string | null) {
  const url = `${world.url}/authenticate/${id}`;
  if (returnUrl === null) {
    return {
      type: "use_stripe_sdk",
      use_stripe_sdk: { type: "three_d_secure_redirect", stripe_js: url },
    };
  }
  return { type: "redirect_to_url", redirect_to_url: { return_url: returnUrl, url } };
}

function save(world: World, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod): void {
  world.change("card", method.id, { authenticated: true });
  world.change("payment_method", method.id, { allow_redisplay: "limited" });
  const customer = idOrNull(intent.customer);
  if (customer) attach(world, method.id, customer);
}

function succeed(
  world: World,
  id: string,
  method: Stripe.PaymentMethod,
  behaviour: Behaviour,
): Stripe.PaymentIntent {
  const before = world.must("payment_intent", id);
  const captured = before.capture_method !== "manual";
  const charge = succeededCharge(world, before, method, captured);
  const intent = world.change("payment_intent", id, {
    latest_charge: charge.id,
    ...(captured
      ? { status: "succeeded", amount_received: before.amount }
      : { status: "requires_capture", amount_capturable: before.amount }),
  });
  if (!captured) {
    emit(world, "payment_intent.amount_capturable_updated", intent);
    return intent;
  }
  emit(world, "payment_intent.succeeded", intent);
  world.reactions.paymentSettled(world, intent);
  if (behaviour.kind === "pays" && behaviour.disputedAs) {
    openDispute(world, charge.id, {
      reason: behaviour.disputedAs,
      isInquiry: !!behaviour.isInquiry,
    });
  }
  return world.must("payment_intent", id);
}

export function declineIntent(
  world: World,
  id: string,
  method: Stripe.PaymentMethod,
  decline: Decline,
): Stripe.PaymentIntent {
  const charge = failedCharge(world, world.must("payment_intent", id), method, decline);
  return refuse(world, id, method, decline, charge.id);
}

function refuse(
  world: World,
  id: string,
  method: Stripe.PaymentMethod,
  { code, declineCode, message }: Decline,
  charge: string,
): Stripe.PaymentIntent {
  const error = {
    charge,
    code,
    ...(declineCode ? { decline_code: declineCode } : {}),
    doc_url: `https://docs.stripe.com/error-codes#${code.replace(/_/g, "-")}`,
    message,
    payment_method: method,
    type: "card_error",
  } as Stripe.PaymentIntent.LastPaymentError;
  const intent = world.change("payment_intent", id, {
    status: "requires_payment_method",
    payment_method: null,
    latest_charge: charge,
    last_payment_error: error,
    next_action: null,
  });
  emit(world, "payment_intent.payment_failed", intent);
  world.reactions.paymentFailed(world, intent);
  return world.must("payment_intent", id);
}

/** The holder said no, or closed the page. */
export function refuseAuthentication(world: World, id: string): Stripe.PaymentIntent {
  const intent = world.must("payment_intent", id);
  const method = world.must("payment_method", idOf(intent.payment_method ?? ""));
  return declineIntent(world, id, method, {
    code: "payment_intent_authentication_failure",
    declineCode: null,
    message:
      "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
  });
}

function startDebit(world: World, id: string, method: Stripe.PaymentMethod): Stripe.PaymentIntent {
  const before = world.must("payment_intent", id);
  const charge = pendingCharge(world, before, method);
  const intent = world.change("payment_intent", id, {
    status: "processing",
    latest_charge: charge.id,
  });
  emit(world, "payment_intent.processing", intent);
  const clock = world.clockOf(idOrNull(intent.customer));
  world.schedule("debit.settle", id, world.now(clock) + world.settings.debitSeconds, clock);
  return intent;
}

/** The bank's answer to a debit has come. */
export function settleDebit(world: World, id: string): void {
  const intent = world.must("payment_intent", id);
  if (intent.status !== "processing") return;
  const method = world.must("payment_method", idOf(intent.payment_method ?? ""));
  const charge = idOf(intent.latest_charge ?? "");
  const behaviour = behaviourOf(world.must("card", method.id).behaviour);
  if (behaviour.kind === "debits" && behaviour.outcome === "fails") {
    const decline = {
      code: "charge_declined",
      declineCode: "generic_decline",
      message: "The customer's bank has declined the debit.",
    };
    failCharge(world, charge, decline);
    refuse(world, id, method, decline, charge);
    return;
  }
  settlePendingCharge(world, charge);
  const change = { status: "succeeded", amount_received: intent.amount } as const;
  const settled = update(world, "payment_intent", id, change, "payment_intent.succeeded");
  world.reactions.paymentSettled(world, settled);
}

/** Why the bank said no, as the error that the caller gets. */
export function paymentError(intent: Stripe.PaymentIntent): StripeError | undefined {
  const error = intent.last_payment_error;
  if (!error || intent.status !== "requires_payment_method") return undefined;
  return paymentRefused(error.message ?? "Your card was declined.", {
    ...(error.charge ? { charge: error.charge } : {}),
    ...(error.code ? { code: error.code } : {}),
    ...(error.decline_code ? { decline_code: error.decline_code } : {}),
    payment_intent: intent,
    ...(error.payment_method ? { payment_method: error.payment_method } : {}),
  });
}
