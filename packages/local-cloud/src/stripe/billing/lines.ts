import type { Stripe } from "stripe";
import { decimal, idOf, idOrNull, type World } from "../core/world.ts";

type Line = Stripe.InvoiceLineItem;

const pricingOf = (price: Stripe.Price): Stripe.InvoiceLineItem.Pricing => ({
  price_details: { price: price.id, product: idOf(price.product) },
  type: "price_details",
  unit_amount_decimal: price.unit_amount_decimal,
});

export const amountOf = (item: Pick<Stripe.SubscriptionItem, "price" | "quantity">): number =>
  (item.price.unit_amount ?? 0) * (item.quantity ?? 1);

const nameOf = (world: World, price: Stripe.Price) =>
  world.store.get("product", idOf(price.product))?.name ?? "Item";

function lineOf(
  world: World,
  line: Pick<
    Line,
    | "amount"
    | "currency"
    | "description"
    | "parent"
    | "period"
    | "pricing"
    | "quantity"
    | "subscription"
  > &
    Partial<Line>,
): Line {
  return {
    id: world.id("il"),
    object: "line_item",
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    pretax_credit_amounts: [],
    quantity_decimal: line.quantity === null ? null : decimal(line.quantity),
    subtotal: line.amount,
    taxes: [],
    ...line,
  };
}

/** A whole period of a subscription's item. */
export function periodLine(
  world: World,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
  isTrial = false,
): Line {
  const name = nameOf(world, item.price);
  const per = (amount: number) =>
    `(at $${(amount / 100).toFixed(2)} / ${item.price.recurring?.interval})`;
  return lineOf(world, {
    amount: isTrial ? 0 : amountOf(item),
    currency: item.price.currency,
    description: isTrial
      ? `Trial period for ${name}`
      : `${item.quantity ?? 1} × ${name} ${per(item.price.unit_amount ?? 0)}`,
    metadata: { ...subscription.metadata, ...item.metadata },
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: null,
        subscription: subscription.id,
        subscription_item: item.id,
      },
      type: "subscription_item_details",
    },
    period: { start: item.current_period_start, end: item.current_period_end },
    pricing: pricingOf(item.price),
    quantity: item.quantity ?? 1,
    subscription: subscription.id,
  });
}

/** An invoice item on its invoice. */
export function itemLine(world: World, item: Stripe.InvoiceItem): Line {
  const details = item.parent?.subscription_details;
  const origin = { invoice_item: item.id, proration: item.proration, proration_details: null };
  return lineOf(world, {
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    discountable: item.discountable,
    metadata: item.metadata ?? {},
    parent: details?.subscription_item
      ? {
          invoice_item_details: null,
          subscription_item_details: {
            ...origin,
            subscription: details.subscription,
            subscription_item: details.subscription_item,
          },
          type: "subscription_item_details",
        }
      : {
          invoice_item_details: { ...origin, subscription: details?.subscription ?? null },
          subscription_item_details: null,
          type: "invoice_item_details",
        },
    period: item.period,
    pricing: item.pricing as Stripe.InvoiceLineItem.Pricing | null,
    quantity: item.quantity,
    subscription: details?.subscription ?? null,
  });
}

export type NewItem = {
  customer: string;
  amount: number;
  currency: string;
  description: string | null;
  period: { start: number; end: number };
  price?: Stripe.Price;
  quantity?: number;
  subscription?: string | null;
  subscriptionItem?: string;
  proration?: boolean;
  invoice?: string | null;
  metadata?: Record<string, string>;
  discountable?: boolean;
};

/** An invoice item that is not in the store yet. */
export function itemOf(world: World, asked: NewItem): Stripe.InvoiceItem {
  const clock = world.clockOf(asked.customer);
  const quantity = asked.quantity ?? 1;
  const details = asked.subscription && {
    subscription: asked.subscription,
    ...(asked.subscriptionItem ? { subscription_item: asked.subscriptionItem } : {}),
  };
  return {
    id: world.id("ii"),
    object: "invoiceitem",
    amount: asked.amount,
    currency: asked.currency,
    customer: asked.customer,
    customer_account: null,
    date: world.now(clock),
    description: asked.description,
    discountable: asked.discountable ?? !asked.proration,
    discounts: [],
    invoice: asked.invoice ?? null,
    livemode: false,
    metadata: asked.metadata ?? {},
    net_amount: asked.amount,
    parent: details ? { subscription_details: details, type: "subscription_details" } : null,
    period: asked.period,
    pricing: asked.price
      ? pricingOf(asked.price)
      : { type: "price_details", unit_amount_decimal: decimal(asked.amount / quantity) },
    proration: asked.proration ?? false,
    quantity,
    quantity_decimal: decimal(quantity),
    tax_rates: [],
    test_clock: clock,
  };
}

/** The customer's items that wait for an invoice: those of the subscription, and those of none. */
export const pendingItems = (world: World, customer: string, subscription: string | null) =>
  world.store.all("invoiceitem").filter((item) => {
    const of = item.parent?.subscription_details?.subscription ?? null;
    return (
      idOf(item.customer) === customer &&
      idOrNull(item.invoice) === null &&
      (of === null || subscription === null || of === subscription)
    );
  });
