import type { Stripe } from "stripe";
import { planOf } from "../catalogue/prices.ts";
import { invalid } from "../core/errors.ts";
import type { Params } from "../core/params.ts";
import type { World } from "../core/world.ts";
import { periodEnd } from "./periods.ts";

type Item = Stripe.SubscriptionItem;

/** A price with its quantity, as a caller or a schedule asks for it. */
export type AskedItem = {
  /** Of an item that is there already. */
  id?: string;
  price?: string;
  quantity?: number;
  deleted?: boolean;
  metadata?: Record<string, string>;
};

const PARAMS = [
  "id",
  "price",
  "price_data",
  "quantity",
  "deleted",
  "metadata",
  "clear_usage",
  "plan",
];

export function askedItems(
  world: World,
  params: Params,
  priceFrom: (world: World, params: Params) => Stripe.Price,
): AskedItem[] {
  return params.groups("items").map((item) => {
    item.allowOnly(PARAMS);
    const [id, quantity] = [item.text("id"), item.natural("quantity")];
    const price = item.has("price_data")
      ? priceFrom(world, item.group("price_data")).id
      : (item.text("price") ?? item.text("plan"));
    return {
      ...(id === undefined ? {} : { id }),
      ...(price === undefined
        ? {}
        : { price: recurringPrice(world, price, item.nameOf("price")).id }),
      ...(quantity === undefined ? {} : { quantity }),
      ...(item.boolean("deleted") ? { deleted: true } : {}),
      ...(item.has("metadata") ? { metadata: item.metadata() } : {}),
    };
  });
}

export function recurringPrice(world: World, id: string, param: string): Stripe.Price {
  const price = world.must("price", id, param);
  if (!price.recurring) {
    throw invalid(
      `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`,
      { param },
    );
  }
  if (!price.active) {
    throw invalid("The price specified is inactive. This field only accepts active prices.", {
      param,
    });
  }
  return price;
}

/** A new item whose first period starts now. */
export function newItem(
  world: World,
  subscription: string,
  asked: AskedItem,
  period: { start: number; end: number },
): Item {
  const price = recurringPrice(world, asked.price ?? "", "items[0][price]");
  return {
    id: world.id("si"),
    object: "subscription_item",
    billing_thresholds: null,
    created: period.start,
    current_period_end: period.end,
    current_period_start: period.start,
    current_trial: null,
    discounts: [],
    metadata: asked.metadata ?? {},
    plan: planOf(price),
    price,
    quantity: asked.quantity ?? 1,
    subscription,
    tax_rates: [],
  };
}

export function requireSameInterval(items: { price: Stripe.Price }[]): Stripe.Price.Recurring {
  const [first, ...rest] = items.map(({ price }) => price);
  if (!first?.recurring)
    throw invalid("A subscription needs at least one item.", { param: "items" });
  const same = rest.every(
    ({ recurring, currency }) =>
      recurring?.interval === first.recurring?.interval &&
      recurring?.interval_count === first.recurring?.interval_count &&
      currency === first.currency,
  );
  if (!same) {
    throw invalid(
      "Currency and interval fields must match across all plans on this subscription.",
      {
        param: "items",
      },
    );
  }
  return first.recurring;
}

/** The items as they will be. A price of another interval starts a new period now. */
export function changedItems(
  world: World,
  subscription: Stripe.Subscription,
  asked: AskedItem[],
  now: number,
): { items: Item[]; restarts: boolean } {
  const before = subscription.items.data;
  const period = periodOf(subscription);
  let items = [...before];
  for (const wanted of asked) {
    const index = items.findIndex((item) =>
      wanted.id === undefined
        ? item.price.id === wanted.price && before.length > 1
        : item.id === wanted.id,
    );
    const item = items[index];
    if (wanted.id !== undefined && !item) {
      throw invalid(`No such subscription item: '${wanted.id}'`, {
        param: "items[0][id]",
        code: "resource_missing",
      });
    }
    if (!item) items.push(newItem(world, subscription.id, wanted, period));
    else if (wanted.deleted) items = items.filter((each) => each !== item);
    else items[index] = { ...item, ...changeOf(world, item, wanted) };
  }
  const recurring = requireSameInterval(items);
  const old = before[0]?.price.recurring;
  const restarts =
    recurring.interval !== old?.interval || recurring.interval_count !== old.interval_count;
  return { items: restarts ? restarted(items, recurring, now) : items, restarts };
}

export const restarted = (items: Item[], recurring: Stripe.Price.Recurring, now: number): Item[] =>
  items.map((item) => ({
    ...item,
    current_period_start: now,
    current_period_end: periodEnd(now, recurring, now),
  }));

function changeOf(world: World, item: Item, wanted: AskedItem): Partial<Item> {
  const price = wanted.price ? recurringPrice(world, wanted.price, "items[0][price]") : item.price;
  return {
    price,
    plan: planOf(price),
    quantity: wanted.quantity ?? item.quantity ?? 1,
    metadata: { ...item.metadata, ...wanted.metadata },
  };
}

/** All items of one subscription share their period here. */
export function periodOf(subscription: Stripe.Subscription): { start: number; end: number } {
  const item = subscription.items.data[0];
  return { start: item?.current_period_start ?? 0, end: item?.current_period_end ?? 0 };
}
