import type { Stripe } from "stripe";
import { update } from "../core/events.ts";
import { idOf, idOrNull, listOf, type World } from "../core/world.ts";
import { markUncollectible, voidInvoice } from "./invoice-closing.ts";
import { finalizeInvoice, finalizeLater } from "./invoices.ts";
import {
  clockOf,
  endSubscription,
  invoiceSubscription,
  isOver,
  pauseSubscription,
  type Subscription,
  scheduleRenewal,
} from "./lifecycle.ts";
import { periodLine } from "./lines.ts";
import { periodEnd } from "./periods.ts";
import { periodOf, requireSameInterval } from "./subscription-items.ts";

/** The period is over: the next one begins, or the subscription ends. */
export function renew(world: World, id: string): void {
  const subscription = world.store.get("subscription", id);
  if (!subscription || isOver(subscription) || subscription.status === "paused") return;
  const now = world.now(clockOf(subscription));
  if (subscription.cancel_at !== null && subscription.cancel_at <= now) {
    endSubscription(world, id, {});
    return;
  }
  if (subscription.status === "incomplete") return;
  if (subscription.status === "trialing" && stopsAfterTrial(world, subscription)) return;
  const next = nextPeriod(world, subscription);
  const lines = next.items.data.map((item) => periodLine(world, next, item));
  const invoice = invoiceSubscription(
    world,
    next,
    "subscription_cycle",
    lines,
    periodOf(subscription),
  );
  advance(world, world.must("subscription", id), invoice);
}

function nextPeriod(world: World, subscription: Subscription): Subscription {
  const { end } = periodOf(subscription);
  const recurring = requireSameInterval(subscription.items.data);
  const until = periodEnd(subscription.billing_cycle_anchor, recurring, end);
  const items = subscription.items.data.map((item) => ({
    ...item,
    current_period_start: end,
    current_period_end: until,
  }));
  const change: Partial<Subscription> = {
    items: listOf(items, subscription.items.url),
    ...(subscription.status === "trialing" ? { status: "active" } : {}),
  };
  const next = update(
    world,
    "subscription",
    subscription.id,
    change,
    "customer.subscription.updated",
  );
  scheduleRenewal(world, next);
  return next;
}

/** A renewal's invoice stays a draft for a while, so that lines can be added to it. */
function advance(world: World, subscription: Subscription, invoice: Stripe.Invoice): void {
  const paused = pauseOf(world, subscription);
  if (paused === "keep_as_draft" || subscription.status === "unpaid") {
    world.change("invoice", invoice.id, { auto_advance: false });
  } else if (paused) {
    const open = finalizeInvoice(world, invoice.id);
    if (open.status !== "open") return;
    if (paused === "void") voidInvoice(world, invoice.id);
    else markUncollectible(world, invoice.id);
  } else {
    finalizeLater(world, invoice.id, world.settings.draftSeconds);
  }
}

/** How invoices are held back; not any more when the time to resume has come. */
function pauseOf(world: World, { id, pause_collection }: Subscription) {
  if (!pause_collection) return undefined;
  const { behavior, resumes_at } = pause_collection;
  const { test_clock } = world.must("subscription", id);
  if (resumes_at === null || resumes_at > world.now(idOrNull(test_clock))) return behavior;
  update(world, "subscription", id, { pause_collection: null }, "customer.subscription.updated");
  return undefined;
}

function stopsAfterTrial(world: World, subscription: Subscription): boolean {
  const customer = world.customer(idOf(subscription.customer));
  const hasMethod =
    subscription.default_payment_method ?? customer.invoice_settings.default_payment_method;
  const behavior = subscription.trial_settings?.end_behavior.missing_payment_method;
  if (hasMethod || !behavior || behavior === "create_invoice") return false;
  if (behavior === "cancel") endSubscription(world, subscription.id, {});
  else pauseSubscription(world, subscription.id);
  return true;
}
