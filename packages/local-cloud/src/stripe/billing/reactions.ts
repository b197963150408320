import type { Stripe } from "stripe";
import { emit, update } from "../core/events.ts";
import { idOrNull, listOf, type World } from "../core/world.ts";
import { voidInvoice } from "./invoice-closing.ts";
import { subscriptionOf } from "./invoice-relations.ts";
import { clockOf, endSubscription, isOver, scheduleRenewal } from "./lifecycle.ts";

/** What a pending change says of its end while its first payment is being tried. */
export const PAID_AT_ONCE = 0;

const UPDATED = "customer.subscription.updated";

/** What a paid invoice means for its subscription: it begins, recovers, or changes as asked. */
export function subscriptionPaid(world: World, invoice: Stripe.Invoice): void {
  const subscription = subscriptionFor(world, invoice);
  if (!subscription || isOver(subscription)) return;
  world.unschedule("subscription.incomplete", subscription.id);
  keepMethod(world, subscription, invoice);
  if (isPending(subscription, invoice)) applyPending(world, subscription);
  const { status, id } = world.must("subscription", subscription.id);
  if (status === "incomplete") {
    const active = update(world, "subscription", id, { status: "active" }, UPDATED);
    scheduleRenewal(world, active);
  } else if (["past_due", "unpaid"].includes(status) && !hasOtherDebt(world, id, invoice.id)) {
    update(world, "subscription", id, { status: "active" }, UPDATED);
  }
}

/** The newest invoice decides: older ones that were left behind do not hold a subscription back. */
const hasOtherDebt = (world: World, id: string, paid: string) =>
  idOrNull(world.must("subscription", id).latest_invoice) !== paid &&
  world.store
    .all("invoice")
    .some((each) => subscriptionOf(each) === id && each.id !== paid && each.status === "open");

function keepMethod(
  world: World,
  subscription: Stripe.Subscription,
  invoice: Stripe.Invoice,
): void {
  if (subscription.payment_settings?.save_default_payment_method !== "on_subscription") return;
  const payment = world.store.all("invoice_payment").find((each) => each.invoice === invoice.id);
  const intent = world.store.get("payment_intent", String(payment?.payment.payment_intent));
  const method = idOrNull(intent?.payment_method);
  if (method) world.change("subscription", subscription.id, { default_payment_method: method });
}

export function subscriptionUnpaid(world: World, invoice: Stripe.Invoice): void {
  const subscription = subscriptionFor(world, invoice);
  if (!subscription || isOver(subscription) || subscription.status === "incomplete") return;
  if (isPending(subscription, invoice)) return;
  if (subscription.status === "active" || subscription.status === "trialing") {
    update(world, "subscription", subscription.id, { status: "past_due" }, UPDATED);
  }
  if (invoice.next_payment_attempt === null && invoice.auto_advance) giveUp(world, subscription.id);
}

/** No attempt is left. */
function giveUp(world: World, id: string): void {
  const { finally: end } = world.settings.dunning;
  if (end === "cancel") endSubscription(world, id, { details: { reason: "payment_failed" } });
  if (end === "unpaid") update(world, "subscription", id, { status: "unpaid" }, UPDATED);
}

/** Voided or written off: the first invoice's end is the subscription's. */
export function subscriptionInvoiceClosed(world: World, invoice: Stripe.Invoice): void {
  const subscription = subscriptionFor(world, invoice);
  if (!subscription || isOver(subscription)) return;
  if (isPending(subscription, invoice)) dropPending(world, subscription);
  const status = subscription.status;
  if (status === "incomplete") {
    const change = {
      status: "incomplete_expired",
      ended_at: world.now(clockOf(subscription)),
    } as const;
    update(world, "subscription", subscription.id, change, UPDATED);
  } else if (status === "past_due" && subscription.latest_invoice === invoice.id) {
    update(world, "subscription", subscription.id, { status: "active" }, UPDATED);
  }
}

function subscriptionFor(world: World, invoice: Stripe.Invoice): Stripe.Subscription | undefined {
  const id = subscriptionOf(invoice);
  return id ? world.store.get("subscription", id) : undefined;
}

const isPending = (subscription: Stripe.Subscription, invoice: Stripe.Invoice) =>
  subscription.pending_update !== null && subscription.latest_invoice === invoice.id;

/** The change waited for its payment, which has come. */
function applyPending(world: World, subscription: Stripe.Subscription): void {
  const pending = subscription.pending_update;
  if (!pending) return;
  world.unschedule("update.expire", subscription.id);
  const items = pending.subscription_items ?? subscription.items.data;
  const changed = world.change("subscription", subscription.id, {
    items: listOf(items, subscription.items.url),
    billing_cycle_anchor: pending.billing_cycle_anchor ?? subscription.billing_cycle_anchor,
    pending_update: null,
  });
  scheduleRenewal(world, changed);
  // Paid at once: the call that asked for the change tells of it.
  if (pending.expires_at === PAID_AT_ONCE) return;
  emit(world, "customer.subscription.pending_update_applied", changed, subscription);
  emit(world, UPDATED, changed, subscription);
}

function dropPending(world: World, subscription: Stripe.Subscription): void {
  world.unschedule("update.expire", subscription.id);
  const dropped = world.change("subscription", subscription.id, { pending_update: null });
  emit(world, "customer.subscription.pending_update_expired", dropped, subscription);
}

/** 23 hours without the payment of a pending change: everything stays as it was. */
export function expirePending(world: World, id: string): void {
  const subscription = world.store.get("subscription", id);
  const invoice = idOrNull(subscription?.latest_invoice);
  if (!subscription?.pending_update || !invoice) return;
  if (world.must("invoice", invoice).status === "open") voidInvoice(world, invoice);
  else dropPending(world, subscription);
}
