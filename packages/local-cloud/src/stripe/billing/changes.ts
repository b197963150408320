import type { Stripe } from "stripe";
import { emit } from "../core/events.ts";
import { listOf, type World } from "../core/world.ts";
import { collect } from "./collection.ts";
import { finalizeInvoice } from "./invoices.ts";
import { addItems, clockOf, invoiceSubscription, scheduleRenewal } from "./lifecycle.ts";
import { periodLine } from "./lines.ts";
import { refuseUnpaid } from "./new-subscription.ts";
import { prorationsOf } from "./prorations.ts";
import { PAID_AT_ONCE } from "./reactions.ts";
import {
  type AskedItem,
  changedItems,
  requireSameInterval,
  restarted,
} from "./subscription-items.ts";
import type { PaymentBehavior } from "./subscription-shape.ts";

const PENDING_SECONDS = 23 * 60 * 60;

export type ProrationBehavior = "create_prorations" | "always_invoice" | "none";

export type Change = {
  items: AskedItem[];
  prorationBehavior: ProrationBehavior;
  /** Seconds since 1970; now when not given. */
  prorationDate?: number;
  paymentBehavior?: PaymentBehavior;
  /** Starts a new period now. */
  resetsAnchor?: boolean;
};

/** What a change would make of a subscription: its items, what it costs, and from when it counts. */
export function outcomeOf(world: World, subscription: Stripe.Subscription, change: Change) {
  const now = world.now(clockOf(subscription));
  const changed = changedItems(world, subscription, change.items, now);
  const restarts = changed.restarts || (change.resetsAnchor ?? false);
  const items =
    restarts && !changed.restarts
      ? restarted(changed.items, requireSameInterval(changed.items), now)
      : changed.items;
  const prorations =
    change.prorationBehavior === "none"
      ? []
      : prorationsOf(world, subscription, items, change.prorationDate ?? now, restarts);
  return { items, restarts, prorations, now };
}

/**
 * Changes what is subscribed to. Prorations wait for the next invoice, or are billed now when the
 * caller says so or a new period starts. With `pending_if_incomplete` the change itself waits until
 * that invoice is paid.
 */
export function changeItems(world: World, id: string, change: Change): Stripe.Subscription {
  const before = world.must("subscription", id);
  const { items, restarts, prorations, now } = outcomeOf(world, before, change);
  const isBilledNow =
    restarts || (change.prorationBehavior === "always_invoice" && prorations.length > 0);
  const next: Partial<Stripe.Subscription> = {
    items: listOf(items, before.items.url),
    ...(restarts ? { billing_cycle_anchor: now } : {}),
  };
  if (change.paymentBehavior === "pending_if_incomplete" && isBilledNow) {
    return changeWhenPaid(world, before, next, () =>
      bill(world, before, next, prorations, restarts),
    );
  }
  const after = world.change("subscription", id, next);
  scheduleRenewal(world, after);
  if (!isBilledNow) {
    addItems(world, prorations);
    return after;
  }
  const invoice = bill(world, after, next, prorations, restarts);
  if (change.paymentBehavior !== "default_incomplete") collect(world, invoice.id);
  if (change.paymentBehavior === "error_if_incomplete") refuseUnpaid(world, invoice.id);
  return world.must("subscription", id);
}

function bill(
  world: World,
  subscription: Stripe.Subscription,
  next: Partial<Stripe.Subscription>,
  prorations: ReturnType<typeof prorationsOf>,
  restarts: boolean,
): Stripe.Invoice {
  addItems(world, prorations);
  const items = restarts ? (next.items?.data ?? []) : [];
  const lines = items.map((item) => periodLine(world, subscription, item));
  const invoice = invoiceSubscription(world, subscription, "subscription_update", lines);
  return finalizeInvoice(world, invoice.id);
}

function changeWhenPaid(
  world: World,
  before: Stripe.Subscription,
  next: Partial<Stripe.Subscription>,
  makeInvoice: () => Stripe.Invoice,
): Stripe.Subscription {
  const invoice = makeInvoice();
  if (invoice.status === "paid") {
    const after = world.change("subscription", before.id, next);
    scheduleRenewal(world, after);
    return after;
  }
  world.change("invoice", invoice.id, { auto_advance: false });
  world.change("subscription", before.id, {
    pending_update: {
      billing_cycle_anchor: next.billing_cycle_anchor ?? null,
      cancel_at_period_end: null,
      discount: null,
      discounts: null,
      expires_at: PAID_AT_ONCE,
      metadata: null,
      subscription_items: next.items?.data ?? null,
      trial_end: null,
      trial_from_plan: null,
    },
  });
  collect(world, invoice.id);
  const { pending_update } = world.must("subscription", before.id);
  if (pending_update) {
    const expires_at = world.now(clockOf(before)) + PENDING_SECONDS;
    world.schedule("update.expire", before.id, expires_at, clockOf(before));
    world.change("subscription", before.id, { pending_update: { ...pending_update, expires_at } });
  }
  return world.must("subscription", before.id);
}

/** Tells of a change once, with everything that differs from before. */
export function tellOfChange(world: World, before: Stripe.Subscription): Stripe.Subscription {
  const after = world.must("subscription", before.id);
  if (JSON.stringify(before) !== JSON.stringify(after)) {
    emit(world, "customer.subscription.updated", after, before);
  }
  return after;
}
