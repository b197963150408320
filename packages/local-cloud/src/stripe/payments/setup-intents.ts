import type { Stripe } from "stripe";
import { cardError, invalid, paymentRefused, StripeError } from "../core/errors.ts";
import { emit, update } from "../core/events.ts";
import type { Params } from "../core/params.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";
import { LIST_PARAMS, pageOf } from "../http/list.ts";
import type { Call, Routes } from "../http/routes.ts";
import { authentication } from "./pay.ts";
import { attach, createPaymentMethod, paymentMethodOf, refuseDeclined } from "./payment-methods.ts";
import { behaviourOf } from "./test-cards.ts";

const ASKED = [
  ...["customer", "description", "metadata", "payment_method", "payment_method_data"],
  ...["payment_method_types", "payment_method_options", "automatic_payment_methods"],
];
const CONFIRM = ["payment_method", "payment_method_data", "return_url", "mandate_data"];
const CREATE = [...ASKED, ...CONFIRM, "confirm", "usage"];

export type NewSetup = { customer: string | null } & Partial<Stripe.SetupIntent>;

export function newSetupIntent(world: World, asked: NewSetup): Stripe.SetupIntent {
  const id = world.id("seti");
  const intent: Stripe.SetupIntent = {
    id,
    object: "setup_intent",
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: world.clientSecret(id),
    created: world.now(world.clockOf(asked.customer)),
    description: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ["card"],
    single_use_mandate: null,
    status: asked.payment_method ? "requires_confirmation" : "requires_payment_method",
    usage: "off_session",
    ...asked,
  };
  world.store.put("setup_intent", intent);
  emit(world, "setup_intent.created", intent);
  return intent;
}

function methodFrom(world: World, params: Params): Partial<Stripe.SetupIntent> {
  if (params.has("payment_method_data")) {
    return { payment_method: createPaymentMethod(world, params.group("payment_method_data")).id };
  }
  const id = params.nullable("payment_method");
  return id ? { payment_method: paymentMethodOf(world, id).id } : {};
}

function askedOf(
  world: World,
  params: Params,
  before?: Stripe.SetupIntent,
): Partial<Stripe.SetupIntent> {
  const customer = params.text("customer");
  const types = params.texts("payment_method_types");
  return {
    metadata: params.metadata(before?.metadata ?? {}),
    description: params.nullable("description") ?? before?.description ?? null,
    ...(customer === undefined ? {} : { customer: world.customer(customer, "customer").id }),
    ...(types ? { payment_method_types: types } : {}),
    ...methodFrom(world, params),
  };
}

type How = { returnUrl: string | null; authenticated?: boolean };

/** Saves the card for later. Its bank may want the holder to confirm it first, or say no. */
export function confirmSetup(world: World, id: string, how: How): Stripe.SetupIntent {
  const intent = world.must("setup_intent", id);
  const methodId = idOrNull(intent.payment_method);
  if (!methodId || ["succeeded", "canceled"].includes(intent.status)) {
    throw invalid(
      methodId
        ? `You cannot confirm this SetupIntent because it has a status of ${intent.status}.`
        : "You cannot confirm this SetupIntent because it's missing a payment method.",
      { code: "setup_intent_unexpected_state", setup_intent: intent },
    );
  }
  const method = world.must("payment_method", methodId);
  try {
    refuseDeclined(world, method);
  } catch (error) {
    if (error instanceof StripeError) throw failSetup(world, intent, method, error);
    throw error;
  }
  const behaviour = behaviourOf(world.must("card", methodId).behaviour);
  if (behaviour.kind === "asks" && !how.authenticated) {
    const next_action = authentication(world, id, how.returnUrl) as Stripe.SetupIntent.NextAction;
    const change = { status: "requires_action", next_action } as const;
    return update(world, "setup_intent", id, change, "setup_intent.requires_action");
  }
  world.change("card", methodId, { authenticated: true });
  const customer = idOrNull(intent.customer);
  if (customer) attach(world, methodId, customer);
  const change = { status: "succeeded", next_action: null, last_setup_error: null } as const;
  const settled = update(world, "setup_intent", id, change, "setup_intent.succeeded");
  world.reactions.setupSettled(world, settled);
  return world.must("setup_intent", id);
}

function failSetup(
  world: World,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  error: StripeError,
): StripeError {
  const { code, decline_code } = error.details;
  const last_setup_error = {
    ...(code ? { code } : {}),
    ...(decline_code ? { decline_code } : {}),
    message: error.message,
    payment_method: method,
    type: "card_error",
  } as Stripe.SetupIntent.LastSetupError;
  const change: Partial<Stripe.SetupIntent> = {
    status: "requires_payment_method",
    payment_method: null,
    next_action: null,
    last_setup_error,
  };
  const failed = update(world, "setup_intent", intent.id, change, "setup_intent.setup_failed");
  return paymentRefused(error.message, { ...error.details, setup_intent: failed });
}

/** The holder said no to the bank. */
export function refuseSetup(world: World, id: string): StripeError {
  const intent = world.must("setup_intent", id);
  const method = world.must("payment_method", idOf(intent.payment_method ?? ""));
  const message =
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.";
  const code = "setup_intent_authentication_failure";
  return failSetup(world, intent, method, cardError(message, { code }));
}

function create({ world, params }: Call) {
  const { customer, ...asked } = askedOf(world, params.allowOnly(CREATE));
  const usage = params.choice("usage", ["off_session", "on_session"]);
  const intent = newSetupIntent(world, {
    ...asked,
    ...(usage ? { usage } : {}),
    customer: typeof customer === "string" ? customer : null,
  });
  const returnUrl = params.text("return_url") ?? null;
  return params.boolean("confirm") ? confirmSetup(world, intent.id, { returnUrl }) : intent;
}

export const setupIntentRoutes: Routes = {
  "POST /v1/setup_intents": create,
  "GET /v1/setup_intents": ({ world, params }) => {
    params.allowOnly([...LIST_PARAMS, "customer", "payment_method"]);
    const [customer, method] = [params.text("customer"), params.text("payment_method")];
    const rows = world.store
      .all("setup_intent")
      .filter(
        (intent) =>
          (customer === undefined || intent.customer === customer) &&
          (method === undefined || intent.payment_method === method),
      );
    return pageOf(params, rows, "/v1/setup_intents");
  },
  "GET /v1/setup_intents/:id": ({ world, params, id }) => {
    params.allowOnly(["client_secret"]);
    return world.must("setup_intent", id());
  },
  "POST /v1/setup_intents/:id": ({ world, params, id }) => {
    const intent = world.must("setup_intent", id());
    return world.change("setup_intent", id(), askedOf(world, params.allowOnly(ASKED), intent));
  },
  "POST /v1/setup_intents/:id/confirm": ({ world, params, id }) => {
    world.must("setup_intent", id());
    world.change("setup_intent", id(), methodFrom(world, params.allowOnly(CONFIRM)));
    return confirmSetup(world, id(), { returnUrl: params.text("return_url") ?? null });
  },
  "POST /v1/setup_intents/:id/cancel": ({ world, params, id }) => {
    const reasons = ["abandoned", "duplicate", "requested_by_customer"] as const;
    const reason = params.allowOnly(["cancellation_reason"]).choice("cancellation_reason", reasons);
    const intent = world.must("setup_intent", id());
    if (["succeeded", "canceled"].includes(intent.status)) {
      throw invalid(
        `You cannot cancel this SetupIntent because it has a status of ${intent.status}.`,
        {
          code: "setup_intent_unexpected_state",
          setup_intent: intent,
        },
      );
    }
    const change = {
      status: "canceled",
      cancellation_reason: reason ?? null,
      next_action: null,
    } as const;
    return update(world, "setup_intent", id(), change, "setup_intent.canceled");
  },
};
