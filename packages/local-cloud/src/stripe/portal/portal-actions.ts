import type { Stripe } from "stripe";
import { changeItems, outcomeOf, tellOfChange } from "../billing/changes.ts";
import { clockOf, endSubscription } from "../billing/lifecycle.ts";
import { periodOf } from "../billing/subscription-items.ts";
import { invalid } from "../core/errors.ts";
import { update } from "../core/events.ts";
import { idOf, type World } from "../core/world.ts";
import { type CardForm, payForm } from "../pages/card-form.ts";
import { attach, detach } from "../payments/payment-methods.ts";

type Subscription = Stripe.Subscription;

export type Portal = {
  session: Stripe.BillingPortal.Session;
  customer: Stripe.Customer;
  features: Stripe.BillingPortal.Configuration["features"];
};

export function portalOf(world: World, id: string): Portal {
  const session = world.must("billing_portal.session", id);
  const configuration = world.must("billing_portal.configuration", idOf(session.configuration));
  return { session, customer: world.customer(session.customer), features: configuration.features };
}

function owned(world: World, portal: Portal, id: string): Subscription {
  const subscription = world.must("subscription", id);
  if (subscription.customer === portal.customer.id) return subscription;
  throw invalid("This is not your subscription.");
}

/** Ends at once or with the period, as the configuration says. */
export function cancelPlan(world: World, portal: Portal, id: string): void {
  const { enabled, mode } = portal.features.subscription_cancel;
  if (!enabled) throw invalid("Canceling is switched off.");
  const before = owned(world, portal, id);
  if (mode === "immediately") {
    endSubscription(world, id, {});
    return;
  }
  const at = { cancel_at_period_end: true, cancel_at: periodOf(before).end };
  world.change("subscription", id, { ...at, canceled_at: world.now(clockOf(before)) });
  tellOfChange(world, before);
}

/** Takes a cancellation back. */
export function renewPlan(world: World, portal: Portal, id: string): void {
  const before = owned(world, portal, id);
  const change = { cancel_at_period_end: false, cancel_at: null, canceled_at: null };
  world.change("subscription", id, change);
  tellOfChange(world, before);
}

/** The prices a customer may switch to. */
export const offered = (world: World, { features }: Portal): Stripe.Price[] =>
  features.subscription_update.enabled
    ? (features.subscription_update.products ?? []).flatMap(({ prices }) =>
        prices.flatMap((id) => world.store.get("price", id) ?? []),
      )
    : [];

function changeTo(world: World, portal: Portal, id: string, price: string) {
  const subscription = owned(world, portal, id);
  if (!offered(world, portal).some((each) => each.id === price))
    throw invalid("This plan is not offered.");
  const [item] = subscription.items.data;
  const prorationBehavior = portal.features.subscription_update.proration_behavior as
    | "none"
    | "create_prorations"
    | "always_invoice";
  const change = { items: [{ id: item?.id ?? "", price }], prorationBehavior };
  return { subscription, change };
}

/** What switching costs: now, and from the next period on. */
export function previewPlan(world: World, portal: Portal, id: string, price: string) {
  const { subscription, change } = changeTo(world, portal, id, price);
  const { prorations, restarts, items } = outcomeOf(world, subscription, change);
  const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0);
  const later = sum(items.map((item) => (item.price.unit_amount ?? 0) * (item.quantity ?? 1)));
  const difference = sum(prorations.map(({ amount }) => amount));
  const isNow = restarts || change.prorationBehavior === "always_invoice";
  return {
    now: isNow ? difference + (restarts ? later : 0) : 0,
    withNext: isNow ? 0 : difference,
    later,
    currency: subscription.currency,
    price: world.must("price", price),
  };
}

export function switchPlan(world: World, portal: Portal, id: string, price: string): void {
  const { subscription, change } = changeTo(world, portal, id, price);
  changeItems(world, id, { ...change, paymentBehavior: "pending_if_incomplete" });
  tellOfChange(world, subscription);
}

export function addCard(world: World, portal: Portal, form: CardForm): void {
  if (!portal.features.payment_method_update.enabled)
    throw invalid("Cards cannot be changed here.");
  const method = payForm(world, form);
  attach(world, method.id, portal.customer.id);
  makeDefault(world, portal, method.id);
}

export function makeDefault(world: World, portal: Portal, method: string): void {
  if (world.must("payment_method", method).customer !== portal.customer.id) {
    throw invalid("This is not your card.");
  }
  const invoice_settings = { ...portal.customer.invoice_settings, default_payment_method: method };
  update(world, "customer", portal.customer.id, { invoice_settings }, "customer.updated");
  for (const subscription of world.store.all("subscription")) {
    const uses =
      subscription.customer === portal.customer.id && subscription.default_payment_method;
    if (!uses || subscription.status === "canceled") continue;
    const change = { default_payment_method: method };
    update(world, "subscription", subscription.id, change, "customer.subscription.updated");
  }
}

export function removeCard(world: World, portal: Portal, method: string): void {
  if (world.must("payment_method", method).customer === portal.customer.id) detach(world, method);
}
