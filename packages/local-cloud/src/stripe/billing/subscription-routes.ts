import type { Stripe } from "stripe";
import { invalid, missingParam } from "../core/errors.ts";
import { emit } from "../core/events.ts";
import { idOf, type World } from "../core/world.ts";
import { createdFilter, LIST_PARAMS, pageInOrder, pageOf } from "../http/list.ts";
import type { Call, Routes } from "../http/routes.ts";
import { changeItems, tellOfChange } from "./changes.ts";
import {
  clockOf,
  endSubscription,
  isOver,
  pauseSubscription,
  scheduleRenewal,
} from "./lifecycle.ts";
import { newSubscription } from "./new-subscription.ts";
import { renew } from "./renewals.ts";
import { askedItems } from "./subscription-items.ts";
import {
  CREATE,
  endings,
  PAYMENT,
  PRORATIONS,
  pauses,
  priceFromData,
  settingsOf,
  trialEndOf,
  UPDATE,
} from "./subscription-params.ts";

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
  const anchor = params.group("billing_cycle_anchor").allowOnly(["type"]);
  const resetsAnchor = anchor.choice("type", ["now", "unchanged"]) === "now";
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
