import type { Stripe } from "stripe";
import { idOf, type World } from "../core/world.ts";
import { amountOf, type NewItem } from "./lines.ts";

type Item = Stripe.SubscriptionItem;

/**
 * What a change in the middle of a period costs: the unused time of what goes is given back, the
 * remaining time of what comes is asked for, to the second. When the change starts a new period
 * only the first half applies, the new period is a line of its own.
 */
export function prorationsOf(
  world: World,
  subscription: Stripe.Subscription,
  after: Item[],
  at: number,
  restarts: boolean,
): NewItem[] {
  const before = subscription.items.data;
  const changed = (item: Item, others: Item[]) => {
    const other = others.find(({ id }) => id === item.id);
    return (
      restarts || !other || other.price.id !== item.price.id || other.quantity !== item.quantity
    );
  };
  const gone = before
    .filter((item) => changed(item, after))
    .map((item) => proration(world, subscription, item, at, "Unused time on"));
  const come = restarts
    ? []
    : after
        .filter((item) => changed(item, before))
        .map((item) => proration(world, subscription, item, at, "Remaining time on"));
  return [...gone, ...come].filter(({ amount }) => amount !== 0);
}

function proration(
  world: World,
  subscription: Stripe.Subscription,
  item: Item,
  at: number,
  what: "Unused time on" | "Remaining time on",
): NewItem {
  const { current_period_start: start, current_period_end: end } = item;
  const isPaidFor = subscription.status !== "trialing";
  const fraction =
    isPaidFor && end > start ? Math.min(1, Math.max(0, (end - at) / (end - start))) : 0;
  const amount = Math.round(amountOf(item) * fraction) * (what === "Unused time on" ? -1 : 1);
  const name = world.store.get("product", idOf(item.price.product))?.name ?? "Item";
  const day = new Date(at * 1_000).toUTCString().slice(5, 16);
  return {
    customer: idOf(subscription.customer),
    amount,
    currency: item.price.currency,
    description: `${what} ${name} after ${day}`,
    period: { start: at, end },
    price: item.price,
    quantity: item.quantity ?? 1,
    subscription: subscription.id,
    subscriptionItem: item.id,
    proration: true,
    metadata: subscription.metadata,
  };
}
