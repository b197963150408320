import type { Stripe } from "stripe";
import { StripeError } from "../core/errors.ts";
import { emit } from "../core/events.ts";
import { idOrNull, listOf, type World } from "../core/world.ts";
import { paymentError } from "../payments/pay.ts";
import { collect, noMethod } from "./collection.ts";
import { paymentsOf } from "./invoice-relations.ts";
import { finalizeInvoice } from "./invoices.ts";
import { invoiceSubscription, scheduleRenewal } from "./lifecycle.ts";
import { amountOf, periodLine } from "./lines.ts";
import { periodEnd } from "./periods.ts";
import { newItem, requireSameInterval } from "./subscription-items.ts";
import { type NewSubscription, unstarted } from "./subscription-shape.ts";

const INCOMPLETE_SECONDS = 23 * 60 * 60;

const TRIAL_REMINDER_SECONDS = 3 * 86_400;

/** As it would begin; nothing is in the store yet. */
export function drawUp(world: World, asked: NewSubscription): Stripe.Subscription {
  const bare = unstarted(world, asked);
  const start = bare.start_date;
  const items = asked.items.map((item) => newItem(world, bare.id, item, { start, end: start }));
  const recurring = requireSameInterval(items);
  const end = asked.trialEnd ?? periodEnd(bare.billing_cycle_anchor, recurring, start);
  const dated = items.map((item) => ({ ...item, current_period_end: end }));
  return {
    ...bare,
    currency: items[0]?.price.currency ?? "usd",
    items: listOf(dated, `/v1/subscription_items?subscription=${bare.id}`),
    ...(bare.cancel_at_period_end ? { cancel_at: end } : {}),
  };
}

export const firstLines = (world: World, subscription: Stripe.Subscription) =>
  subscription.items.data.map((item) =>
    periodLine(world, subscription, item, subscription.status === "trialing"),
  );

/** Begins it: the first invoice is finalized at once, and paid unless the caller wants to do that. */
export function newSubscription(world: World, asked: NewSubscription): Stripe.Subscription {
  const subscription = drawUp(world, asked);
  const { id } = subscription;
  const behavior = asked.paymentBehavior ?? "allow_incomplete";
  const isFree = subscription.items.data.every((item) => amountOf(item) === 0);
  const paysNow = subscription.collection_method === "charge_automatically";
  const method =
    subscription.default_payment_method ?? asked.customer.invoice_settings.default_payment_method;
  const isDue = subscription.status === "incomplete" && !isFree && paysNow;
  if (isDue && !method && behavior !== "default_incomplete") throw noMethod();
  world.store.put("subscription", subscription);
  emit(world, "customer.subscription.created", subscription);
  schedule(world, subscription);
  const invoice = invoiceSubscription(
    world,
    subscription,
    "subscription_create",
    firstLines(world, subscription),
  );
  const open = finalizeInvoice(world, invoice.id);
  if (open.status !== "open") return world.must("subscription", id);
  if (!paysNow) {
    emit(world, "invoice.sent", open);
    return world.change("subscription", id, { status: "active" });
  }
  if (behavior !== "default_incomplete") {
    collect(world, invoice.id);
    if (behavior === "error_if_incomplete") refuseUnpaid(world, invoice.id);
  }
  return world.must("subscription", id);
}

export function schedule(world: World, subscription: Stripe.Subscription): void {
  scheduleRenewal(world, subscription);
  const { id, start_date, trial_end } = subscription;
  const clock = idOrNull(subscription.test_clock);
  if (subscription.status === "incomplete") {
    world.schedule("subscription.incomplete", id, start_date + INCOMPLETE_SECONDS, clock);
  } else if (trial_end !== null) {
    const at = Math.max(start_date, trial_end - TRIAL_REMINDER_SECONDS);
    world.schedule("subscription.trial_reminder", id, at, clock);
  }
}

/** An error that takes everything back, for callers who want it paid or not at all. */
export function refuseUnpaid(world: World, invoice: string): void {
  if (world.must("invoice", invoice).status === "paid") return;
  const payment = paymentsOf(world, invoice)[0];
  const intent = world.store.get("payment_intent", String(payment?.payment.payment_intent));
  const error = intent && paymentError(intent);
  throw new StripeError(
    402,
    "card_error",
    error?.message ?? "This payment requires additional user action before it can be completed.",
    error?.details.code
      ? { code: error.details.code, decline_code: error.details.decline_code ?? "generic_decline" }
      : { code: "subscription_payment_intent_requires_action" },
  );
}
