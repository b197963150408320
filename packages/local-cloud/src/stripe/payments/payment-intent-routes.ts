import { missingParam } from "../core/errors.ts";
import { update } from "../core/events.ts";
import { createdFilter, LIST_PARAMS, pageOf } from "../http/list.ts";
import type { Call, Routes } from "../http/routes.ts";
import { askedOf, CONFIRM, CREATE, howOf, UPDATE } from "./intent-params.ts";
import {
  cancelPaymentIntent,
  capture,
  confirm,
  newPaymentIntent,
  unexpectedState,
} from "./payment-intents.ts";

const CANCEL_REASONS = ["abandoned", "duplicate", "fraudulent", "requested_by_customer"] as const;

function create({ world, params }: Call) {
  params.allowOnly(CREATE);
  params.requiredInteger("amount");
  params.required("currency");
  const { amount, currency, customer, ...asked } = askedOf(world, params);
  if (amount === undefined) throw missingParam("amount");
  if (currency === undefined) throw missingParam("currency");
  const intent = newPaymentIntent(world, {
    ...asked,
    amount,
    currency,
    customer: typeof customer === "string" ? customer : null,
  });
  return params.boolean("confirm") ? confirm(world, intent.id, howOf(params)) : intent;
}

function change({ world, params, id }: Call) {
  const intent = world.must("payment_intent", id());
  const asked = askedOf(world, params.allowOnly(UPDATE), intent);
  if (intent.status === "succeeded" || intent.status === "canceled") {
    if (
      params.names().some((name) => !["metadata", "description", "receipt_email"].includes(name))
    ) {
      throw unexpectedState(intent, "update");
    }
  }
  const status =
    asked.payment_method && intent.status === "requires_payment_method"
      ? ({ status: "requires_confirmation" } as const)
      : {};
  return world.change("payment_intent", id(), { ...asked, ...status });
}

export const paymentIntentRoutes: Routes = {
  "POST /v1/payment_intents": create,
  "GET /v1/payment_intents": ({ world, params }) => {
    params.allowOnly([...LIST_PARAMS, "customer", "created"]);
    const customer = params.text("customer");
    const isAsked = createdFilter(params);
    const rows = world.store
      .all("payment_intent")
      .filter((each) => isAsked(each) && (customer === undefined || each.customer === customer));
    return pageOf(params, rows, "/v1/payment_intents");
  },
  "GET /v1/payment_intents/:id": ({ world, params, id }) => {
    params.allowOnly(["client_secret"]);
    return world.must("payment_intent", id());
  },
  "POST /v1/payment_intents/:id": change,
  "POST /v1/payment_intents/:id/confirm": ({ world, params, id }) => {
    const intent = world.must("payment_intent", id());
    world.change("payment_intent", id(), askedOf(world, params.allowOnly(CONFIRM), intent));
    return confirm(world, id(), howOf(params));
  },
  "POST /v1/payment_intents/:id/capture": ({ world, params, id }) => {
    params.allowOnly(["amount_to_capture", "final_capture", "metadata"]);
    return capture(world, id(), params.natural("amount_to_capture"));
  },
  "POST /v1/payment_intents/:id/cancel": ({ world, params, id }) => {
    const reason = params
      .allowOnly(["cancellation_reason"])
      .choice("cancellation_reason", CANCEL_REASONS);
    return cancelPaymentIntent(world, id(), reason ?? null);
  },
  "GET /v1/charges": ({ world, params }) => {
    params.allowOnly([...LIST_PARAMS, "customer", "payment_intent", "created"]);
    const [customer, intent] = [params.text("customer"), params.text("payment_intent")];
    const isAsked = createdFilter(params);
    const rows = world.store
      .all("charge")
      .filter(
        (charge) =>
          isAsked(charge) &&
          (customer === undefined || charge.customer === customer) &&
          (intent === undefined || charge.payment_intent === intent),
      );
    return pageOf(params, rows, "/v1/charges");
  },
  "GET /v1/charges/:id": ({ world, id }) => world.must("charge", id()),
  "POST /v1/charges/:id": ({ world, params, id }) => {
    const charge = world.must("charge", id());
    params.allowOnly(["metadata", "description", "receipt_email"]);
    const changed = {
      metadata: params.metadata(charge.metadata),
      description: params.nullable("description") ?? charge.description,
      receipt_email: params.nullable("receipt_email") ?? charge.receipt_email,
    };
    return update(world, "charge", id(), changed, "charge.updated");
  },
  "GET /v1/balance_transactions": ({ world, params }) => {
    params.allowOnly([...LIST_PARAMS, "source", "type", "currency", "created"]);
    const [source, type] = [params.text("source"), params.text("type")];
    const isAsked = createdFilter(params);
    const rows = world.store
      .all("balance_transaction")
      .filter(
        (each) =>
          isAsked(each) &&
          (source === undefined || each.source === source) &&
          (type === undefined || each.type === type),
      );
    return pageOf(params, rows, "/v1/balance_transactions");
  },
  "GET /v1/balance_transactions/:id": ({ world, id }) => world.must("balance_transaction", id()),
};
