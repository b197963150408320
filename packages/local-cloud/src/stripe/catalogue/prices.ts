import type { Stripe } from "stripe";
import { invalid, missingParam } from "../core/errors.ts";
import { emit, update } from "../core/events.ts";
import type { Params } from "../core/params.ts";
import { decimal, type World } from "../core/world.ts";
import { createdFilter, LIST_PARAMS, pageOf } from "../http/list.ts";
import type { Routes } from "../http/routes.ts";

const CREATE = [
  ...["active", "billing_scheme", "currency", "lookup_key", "metadata", "nickname", "product"],
  ...["product_data", "recurring", "tax_behavior", "transfer_lookup_key", "unit_amount"],
  "unit_amount_decimal",
];
const UPDATE = [
  "active",
  "lookup_key",
  "metadata",
  "nickname",
  "tax_behavior",
  "transfer_lookup_key",
];

const INTERVALS = ["day", "week", "month", "year"] as const;

function recurringFrom(params: Params): Stripe.Price.Recurring {
  params.allowOnly(["interval", "interval_count", "usage_type", "trial_period_days"]);
  const interval = params.choice("interval", INTERVALS);
  if (!interval) throw missingParam(params.nameOf("interval"));
  return {
    interval,
    interval_count: params.natural("interval_count") ?? 1,
    meter: null,
    trial_period_days: params.natural("trial_period_days") ?? null,
    usage_type: params.choice("usage_type", ["licensed"]) ?? "licensed",
  };
}

/** A lookup key belongs to one price; it moves only when the caller says so. */
function claimKey(world: World, params: Params): string | null {
  const key = params.nullable("lookup_key") ?? null;
  if (key === null) return null;
  const holder = world.store.all("price").find((price) => price.lookup_key === key);
  if (!holder) return key;
  if (!params.boolean("transfer_lookup_key")) {
    throw invalid(
      `A price (${holder.id}) already uses that lookup key. You must set \`transfer_lookup_key\` to \`true\` to transfer it.`,
      { param: "lookup_key" },
    );
  }
  world.change("price", holder.id, { lookup_key: null });
  return key;
}

/** Of the parameters of a price, or of `price_data` inside of others. */
export function newPrice(world: World, params: Params, product: string): Stripe.Price {
  const amount = unitAmount(params);
  const price: Stripe.Price = {
    id: world.id("price"),
    object: "price",
    active: params.boolean("active") ?? true,
    billing_scheme: "per_unit",
    created: world.now(),
    currency: params.required("currency").toLowerCase(),
    custom_unit_amount: null,
    livemode: false,
    lookup_key: claimKey(world, params),
    metadata: params.metadata(),
    nickname: params.nullable("nickname") ?? null,
    product,
    recurring: params.has("recurring") ? recurringFrom(params.group("recurring")) : null,
    tax_behavior:
      params.choice("tax_behavior", ["exclusive", "inclusive", "unspecified"]) ?? "unspecified",
    tiers_mode: null,
    transform_quantity: null,
    type: params.has("recurring") ? "recurring" : "one_time",
    unit_amount: amount,
    unit_amount_decimal: decimal(amount),
  };
  world.store.put("price", price);
  emit(world, "price.created", price);
  return price;
}

function unitAmount(params: Params): number {
  const whole = params.natural("unit_amount");
  if (whole !== undefined) return whole;
  const text = params.text("unit_amount_decimal");
  if (text === undefined) throw missingParam(params.nameOf("unit_amount"));
  if (/^\d+$/.test(text)) return Number(text);
  throw invalid("The emulator takes whole amounts only.", { param: "unit_amount_decimal" });
}

/** The price of an older API's plan: the same object under the same id. */
export function planOf(price: Stripe.Price): Stripe.Plan {
  return {
    id: price.id,
    object: "plan",
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: "per_unit",
    created: price.created,
    currency: price.currency,
    interval: price.recurring?.interval ?? "month",
    interval_count: price.recurring?.interval_count ?? 1,
    livemode: false,
    metadata: price.metadata,
    meter: null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: "licensed",
  };
}

/** With products of their own (`product_data`), which prices.ts cannot make: products make prices. */
export const priceRoutes = (
  newProduct: (world: World, params: Params) => Stripe.Product,
): Routes => ({
  "POST /v1/prices": ({ world, params }) => {
    params.allowOnly(CREATE);
    const product = params.has("product_data")
      ? newProduct(world, params.group("product_data")).id
      : world.must("product", params.required("product"), "product").id;
    return newPrice(world, params, product);
  },
  "GET /v1/prices": ({ world, params }) => {
    params.allowOnly([
      ...LIST_PARAMS,
      "active",
      "currency",
      "lookup_keys",
      "product",
      "type",
      "created",
    ]);
    const [active, keys] = [params.boolean("active"), params.texts("lookup_keys")];
    const [product, type, currency] = ["product", "type", "currency"].map((name) =>
      params.text(name),
    );
    const isAsked = createdFilter(params);
    const rows = world.store
      .all("price")
      .filter(
        (price) =>
          isAsked(price) &&
          (active === undefined || price.active === active) &&
          (!keys || (price.lookup_key !== null && keys.includes(price.lookup_key))) &&
          (product === undefined || price.product === product) &&
          (type === undefined || price.type === type) &&
          (currency === undefined || price.currency === currency),
      );
    return pageOf(params, rows, "/v1/prices");
  },
  "GET /v1/prices/:id": ({ world, id }) => world.must("price", id()),
  "POST /v1/prices/:id": ({ world, params, id }) => {
    params.allowOnly(UPDATE);
    const price = world.must("price", id());
    const change = {
      metadata: params.metadata(price.metadata),
      active: params.boolean("active") ?? price.active,
      nickname: params.has("nickname") ? (params.nullable("nickname") ?? null) : price.nickname,
      lookup_key:
        params.has("lookup_key") && params.text("lookup_key") !== price.lookup_key
          ? claimKey(world, params)
          : price.lookup_key,
    };
    return update(world, "price", id(), change, "price.updated");
  },
});
