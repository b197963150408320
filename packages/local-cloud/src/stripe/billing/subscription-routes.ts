import type { Stripe } from "stripe";
import { newPrice } from "../catalogue/prices.ts";
import { invalid, missingParam } from "../core/errors.ts";
import { emit } from "../core/events.ts";
import type { Params } from "../core/params.ts";
import { idOf, type World } from "../core/world.ts";
import { createdFilter, LIST_PARAMS, pageInOrder, pageOf } from "../http/list.ts";
import type { Call, Routes } from "../http/routes.ts";
import { paymentMethodOf } from "../payments/payment-methods.ts";
import { changeItems, tellOfChange } from "./changes.ts";
import {
  clockOf,
  endSubscription,
  isOver,
  pauseSubscription,
  renew,
  scheduleRenewal,
} from "./lifecycle.ts";
import { newSubscription, type PaymentBehavior } from "./new-subscription.ts";
import { askedItems, periodOf } from "./subscription-items.ts";

const SHARED = [
  ...["items", "metadata", "description", "default_payment_method", "payment_behavior"],
  ...["proration_behavior", "cancel_at_period_end", "cancel_at", "trial_end", "trial_settings"],
  ...["collection_method", "days_until_due", "payment_settings", "off_session"],
];
const CREATE = [...SHARED, "customer", "trial_period_days", "currency", "billing_mode"];
const UPDATE = [
  ...SHARED,
  "billing_cycle_anchor",
  "pause_collection",
  "proration_date",
  "cancellation_details",
];

const PAYMENT: PaymentBehavior[] = [
  ...(["allow_incomplete", "default_incomplete"] as const),
  ...(["error_if_incomplete", "pending_if_incomplete"] as const),
];
export const PRORATIONS = ["create_prorations", "always_invoice", "none"] as const;

/** Also on the lines of a Checkout session and the phases of a schedule. */
export const priceFromData = (world: World, params: Params): Stripe.Price =>
  newPrice(world, params, world.must("product", params.required("product"), "product").id);

const DAY = 86_400;

export function trialEndOf(params: Params, now: number): number | null {
  const days = params.natural("trial_period_days");
  if (days) return now + days * DAY;
  const text = params.text("trial_end");
  if (text === undefined || text === "now") return null;
  return params.integer("trial_end") ?? null;
}

type Settings = Partial<Omit<Stripe.Subscription, "customer" | "items">>;

/** The settings that can be given at the start and changed later. */
export function settingsOf(world: World, params: Params, before?: Stripe.Subscription): Settings {
  const settings: Settings = { metadata: params.metadata(before?.metadata) };
  const method = params.nullable("default_payment_method");
  if (method !== undefined)
    settings.default_payment_method = method && paymentMethodOf(world, method).id;
  const description = params.nullable("description");
  if (description !== undefined) settings.description = description;
  const collection = params.choice("collection_method", ["charge_automatically", "send_invoice"]);
  if (collection) settings.collection_method = collection;
  const days = params.natural("days_until_due");
  if (days !== undefined) settings.days_until_due = days;
  const behavior = params
    .group("trial_settings")
    .group("end_behavior")
    .text("missing_payment_method");
  if (behavior) {
    const end_behavior = { billing_cycle_anchor: null, missing_payment_method: behavior };
    settings.trial_settings = { end_behavior };
  }
  const save = params.group("payment_settings").text("save_default_payment_method");
  if (save) {
    settings.payment_settings = {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: save,
    };
  }
  return settings;
}

function create({ world, params }: Call) {
  params.allowOnly(CREATE);
  const customer = world.customer(params.required("customer"), "customer");
  const items = askedItems(world, params, priceFromData);
  if (items.length === 0) throw missingParam("items");
  const now = world.now(world.clockOf(customer.id));
  const behavior = params.choice("payment_behavior", PAYMENT);
  return newSubscription(world, {
    customer,
    items,
    trialEnd: trialEndOf(params, now),
    ...(behavior ? { paymentBehavior: behavior } : {}),
    ...settingsOf(world, params),
    cancel_at_period_end: params.boolean("cancel_at_period_end") ?? false,
    cancel_at: params.integer("cancel_at") ?? null,
  });
}

/** Asks for the end of the period, for a time, or takes that back. */
function endings(
  world: World,
  params: Params,
  before: Stripe.Subscription,
): Partial<Stripe.Subscription> {
  const now = world.now(clockOf(before));
  const details = params.group("cancellation_details").allowOnly(["comment", "feedback"]);
  const cancellation_details = {
    feedback_option: null,
    ...before.cancellation_details,
    comment: details.nullable("comment") ?? before.cancellation_details?.comment ?? null,
    feedback: details.nullable("feedback") ?? before.cancellation_details?.feedback ?? null,
  };
  const atEnd = params.boolean("cancel_at_period_end");
  const at = params.has("cancel_at") ? (params.integer("cancel_at") ?? null) : undefined;
  const isAsked = atEnd === true || (at !== undefined && at !== null);
  if (isAsked) {
    return {
      cancel_at_period_end: atEnd ?? false,
      cancel_at: at ?? periodOf(before).end,
      canceled_at: now,
      cancellation_details: { ...cancellation_details, reason: "cancellation_requested" },
    };
  }
  if (atEnd === undefined && at === undefined) {
    const reason = before.cancellation_details?.reason ?? null;
    return params.has("cancellation_details")
      ? { cancellation_details: { ...cancellation_details, reason } }
      : {};
  }
  const none = { comment: null, feedback: null, feedback_option: null, reason: null };
  return {
    cancel_at_period_end: false,
    cancel_at: null,
    canceled_at: null,
    cancellation_details: none,
  };
}

function pauses(params: Params): Partial<Stripe.Subscription> {
  if (!params.has("pause_collection")) return {};
  if (params.tree.pause_collection === "") return { pause_collection: null };
  const group = params.group("pause_collection").allowOnly(["behavior", "resumes_at"]);
  const behavior = group.choice("behavior", ["keep_as_draft", "mark_uncollectible", "void"]);
  if (!behavior) throw missingParam("pause_collection[behavior]");
  return { pause_collection: { behavior, resumes_at: group.integer("resumes_at") ?? null } };
}

function change({ world, params, id }: Call) {
  const before = world.must("subscription", id());
  params.allowOnly(UPDATE);
  if (
    isOver(before) &&
    params.names().some((name) => !["metadata", "cancellation_details"].includes(name))
  ) {
    throw invalid("A canceled subscription can only update its cancellation_details and metadata.");
  }
  const settings = settingsOf(world, params, before);
  const changed = world.change("subscription", id(), {
    ...settings,
    ...endings(world, params, before),
    ...pauses(params),
  });
  scheduleRenewalOf(world, changed);
  const items = askedItems(world, params, priceFromData);
  const resetsAnchor = params.text("billing_cycle_anchor") === "now";
  if (items.length || resetsAnchor) {
    const date = params.integer("proration_date");
    const behavior = params.choice("payment_behavior", PAYMENT);
    changeItems(world, id(), {
      items,
      resetsAnchor,
      prorationBehavior: params.choice("proration_behavior", PRORATIONS) ?? "create_prorations",
      ...(date === undefined ? {} : { prorationDate: date }),
      ...(behavior ? { paymentBehavior: behavior } : {}),
    });
  }
  tellOfChange(world, before);
  if (params.text("trial_end") === "now") endTrial(world, changed);
  return world.must("subscription", id());
}

function scheduleRenewalOf(world: World, subscription: Stripe.Subscription): void {
  if (!isOver(subscription) && subscription.status !== "paused")
    scheduleRenewal(world, subscription);
}

/** The first paid period starts now. */
function endTrial(world: World, subscription: Stripe.Subscription): void {
  if (subscription.status !== "trialing") return;
  const now = world.now(clockOf(subscription));
  const items = subscription.items.data.map((item) => ({ ...item, current_period_end: now }));
  world.change("subscription", subscription.id, {
    items: { ...subscription.items, data: items },
    billing_cycle_anchor: now,
    trial_end: now,
  });
  renew(world, subscription.id);
}

function resume({ world, params, id }: Call) {
  params.allowOnly(["billing_cycle_anchor", "proration_behavior", "proration_date"]);
  const before = world.must("subscription", id());
  if (before.status !== "paused") throw invalid("Only paused subscriptions can be resumed.");
  const now = world.now(clockOf(before));
  const items = before.items.data.map((item) => ({ ...item, current_period_end: now }));
  world.change("subscription", id(), {
    status: "active",
    billing_cycle_anchor: now,
    items: { ...before.items, data: items },
  });
  renew(world, id());
  const after = world.must("subscription", id());
  emit(world, "customer.subscription.resumed", after, before);
  return after;
}

function list({ world, params }: Call) {
  params.allowOnly([...LIST_PARAMS, "customer", "status", "price", "created", "test_clock"]);
  const [customer, status, price] = ["customer", "status", "price"].map((name) =>
    params.text(name),
  );
  const isAsked = createdFilter(params);
  const hasStatus = (each: Stripe.Subscription) =>
    status === "all" ||
    (status === "ended"
      ? isOver(each)
      : status
        ? each.status === status
        : each.status !== "canceled");
  const rows = world.store
    .all("subscription")
    .filter(
      (each) =>
        isAsked(each) &&
        hasStatus(each) &&
        (customer === undefined || idOf(each.customer) === customer) &&
        (price === undefined || each.items.data.some((item) => item.price.id === price)),
    );
  return pageOf(params, rows, "/v1/subscriptions");
}

export const subscriptionRoutes: Routes = {
  "POST /v1/subscriptions": create,
  "GET /v1/subscriptions": list,
  "GET /v1/subscriptions/:id": ({ world, id }) => world.must("subscription", id()),
  "POST /v1/subscriptions/:id": change,
  "DELETE /v1/subscriptions/:id": ({ world, params, id }) => {
    params.allowOnly(["invoice_now", "prorate", "cancellation_details"]);
    world.must("subscription", id());
    const details = params.group("cancellation_details");
    return endSubscription(world, id(), {
      prorate: params.boolean("prorate") ?? false,
      invoiceNow: params.boolean("invoice_now") ?? false,
      details: {
        comment: details.nullable("comment") ?? null,
        feedback: details.nullable("feedback") ?? null,
      },
    });
  },
  "POST /v1/subscriptions/:id/pause": ({ world, id }) => pauseSubscription(world, id()),
  "POST /v1/subscriptions/:id/resume": resume,
  "GET /v1/subscription_items": ({ world, params }) => {
    params.allowOnly([...LIST_PARAMS, "subscription"]);
    const id = params.required("subscription");
    const items = world.must("subscription", id, "subscription").items.data;
    return pageInOrder(params, items, "/v1/subscription_items");
  },
};
