import type { Stripe } from "stripe";
import { invalid } from "../core/errors.ts";
import { emit, update } from "../core/events.ts";
import type { Params } from "../core/params.ts";
import type { World } from "../core/world.ts";
import { createdFilter, LIST_PARAMS, pageOf } from "../http/list.ts";
import type { Call, Routes } from "../http/routes.ts";
import { newPrice } from "./prices.ts";

const ASKED = [
  ...["name", "active", "description", "images", "marketing_features", "metadata", "shippable"],
  ...["statement_descriptor", "tax_code", "unit_label", "url"],
];

function changeOf(params: Params, before?: Stripe.Product): Partial<Stripe.Product> {
  const change: Partial<Stripe.Product> = { metadata: params.metadata(before?.metadata) };
  for (const name of [
    "description",
    "statement_descriptor",
    "tax_code",
    "unit_label",
    "url",
  ] as const) {
    const value = params.nullable(name);
    if (value !== undefined) change[name] = value;
  }
  const active = params.boolean("active");
  if (active !== undefined) change.active = active;
  const images = params.texts("images");
  if (images) change.images = images;
  if (params.has("name")) change.name = params.required("name");
  if (params.has("marketing_features")) {
    change.marketing_features = params
      .groups("marketing_features")
      .map((feature) => ({ name: feature.required("name") }));
  }
  return change;
}

/** Of the parameters of a product, or of `product_data` inside of others. */
export function newProduct(world: World, params: Params): Stripe.Product {
  const wanted = params.text("id");
  if (wanted !== undefined && world.store.get("product", wanted)) {
    throw invalid(`Product already exists.`, { code: "resource_already_exists", param: "id" });
  }
  const product: Stripe.Product = {
    id: wanted ?? world.id("prod"),
    object: "product",
    active: true,
    created: world.now(),
    default_price: null,
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: {},
    name: params.required("name"),
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: "service",
    unit_label: null,
    updated: world.now(),
    url: null,
    ...changeOf(params),
  };
  world.store.put("product", product);
  emit(world, "product.created", product);
  return product;
}

function create({ world, params }: Call): object {
  params.allowOnly([...ASKED, "id", "type", "default_price_data"]);
  const product = newProduct(world, params);
  if (!params.has("default_price_data")) return product;
  const price = newPrice(world, params.group("default_price_data"), product.id);
  return world.change("product", product.id, { default_price: price.id });
}

function remove({ world, id }: Call): object {
  const product = world.must("product", id());
  if (world.store.all("price").some((price) => price.product === product.id)) {
    throw invalid(
      "This product cannot be deleted because it has one or more user-created prices.",
      { param: "id" },
    );
  }
  world.store.remove("product", product.id);
  emit(world, "product.deleted", product);
  return { id: product.id, object: "product", deleted: true };
}

export const productRoutes: Routes = {
  "POST /v1/products": create,
  "GET /v1/products": ({ world, params }) => {
    params.allowOnly([...LIST_PARAMS, "active", "ids", "created"]);
    const [active, ids] = [params.boolean("active"), params.texts("ids")];
    const isAsked = createdFilter(params);
    const rows = world.store
      .all("product")
      .filter(
        (product) =>
          isAsked(product) &&
          (active === undefined || product.active === active) &&
          (!ids || ids.includes(product.id)),
      );
    return pageOf(params, rows, "/v1/products");
  },
  "GET /v1/products/:id": ({ world, id }) => world.must("product", id()),
  "POST /v1/products/:id": ({ world, params, id }) => {
    params.allowOnly([...ASKED, "default_price"]);
    const change = changeOf(params, world.must("product", id()));
    const price = params.nullable("default_price");
    if (price !== undefined)
      change.default_price = price && world.must("price", price, "default_price").id;
    const updated = { ...change, updated: world.now() };
    return update(world, "product", id(), updated, "product.updated");
  },
  "DELETE /v1/products/:id": remove,
};
