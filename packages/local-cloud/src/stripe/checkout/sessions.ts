import type { Stripe } from "stripe";
import { priceFromData } from "../billing/subscription-params.ts";
import { newPrice } from "../catalogue/prices.ts";
import { newProduct } from "../catalogue/products.ts";
import { invalid, missingParam } from "../core/errors.ts";
import type { Params } from "../core/params.ts";
import { idOf, listOf, type World } from "../core/world.ts";
import { savingOf } from "./saving.ts";

const DAY = 86_400;
const MIN_LIFE = 30 * 60;

export const SESSION_PARAMS = [
  ...["mode", "line_items", "success_url", "cancel_url", "return_url", "ui_mode", "currency"],
  ...["customer", "customer_email", "customer_creation", "customer_update", "client_reference_id"],
  ...["metadata", "payment_intent_data", "subscription_data", "setup_intent_data", "expires_at"],
  ...["invoice_creation", "payment_method_types", "payment_method_collection", "submit_type"],
  ...["payment_method_options", "saved_payment_method_options", "locale", "custom_text"],
  ...["allow_promotion_codes", "automatic_tax", "billing_address_collection", "tax_id_collection"],
  ...["consent_collection", "phone_number_collection", "payment_method_data", "adaptive_pricing"],
  "allowed_payment_method_types",
];

/** A price by its id, or made of `price_data` with a product of its own. */
function linePrice(world: World, line: Params): Stripe.Price {
  if (!line.has("price_data")) {
    return world.must("price", line.required("price"), line.nameOf("price"));
  }
  const data = line.group("price_data");
  if (!data.has("product_data")) return priceFromData(world, data);
  return newPrice(world, data, newProduct(world, data.group("product_data")).id);
}

export function linesFrom(world: World, params: Params): Stripe.LineItem[] {
  return params.groups("line_items").map((line) => {
    line.allowOnly(["price", "price_data", "quantity", "adjustable_quantity", "metadata"]);
    const price = linePrice(world, line);
    const quantity = line.natural("quantity") ?? 1;
    const amount = (price.unit_amount ?? 0) * quantity;
    return {
      id: world.id("li"),
      object: "item",
      adjustable_quantity: null,
      amount_discount: 0,
      amount_subtotal: amount,
      amount_tax: 0,
      amount_total: amount,
      currency: price.currency,
      description: world.store.get("product", idOf(price.product))?.name ?? "Item",
      metadata: line.metadata(),
      price,
      quantity,
    };
  });
}

export type Mode = "payment" | "subscription" | "setup";

export function modeOf(params: Params, lines: Stripe.LineItem[]): Mode {
  const mode = params.choice("mode", ["payment", "subscription", "setup"]);
  if (!mode) throw missingParam("mode");
  if (mode !== "setup" && lines.length === 0) throw missingParam("line_items");
  const recurring = lines.some(({ price }) => price?.recurring);
  if (mode === "payment" && recurring) {
    throw invalid(
      "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.",
      { param: "mode" },
    );
  }
  if (mode === "subscription" && !recurring) {
    throw invalid(
      "You must provide at least one recurring price in `subscription` mode when using prices.",
      { param: "line_items" },
    );
  }
  return mode;
}

function expiryOf(world: World, params: Params): number {
  const now = world.now();
  const at = params.integer("expires_at") ?? now + DAY;
  if (at < now + MIN_LIFE - 1 || at > now + DAY + 1) {
    throw invalid(
      "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
      { param: "expires_at" },
    );
  }
  return at;
}

function customerDetails(
  customer: Stripe.Customer | null,
  email: string | null,
): Stripe.Checkout.Session.CustomerDetails | null {
  const known = customer?.email ?? email;
  if (!known) return null;
  return {
    address: customer?.address ?? null,
    business_name: null,
    email: known,
    individual_name: null,
    name: customer?.name ?? null,
    phone: customer?.phone ?? null,
    tax_exempt: "none",
    tax_ids: [],
  };
}

export function newSession(world: World, params: Params): Stripe.Checkout.Session {
  if (params.group("automatic_tax").boolean("enabled")) {
    throw invalid("The emulator computes no taxes.", { param: "automatic_tax[enabled]" });
  }
  const lines = linesFrom(world, params);
  const mode = modeOf(params, lines);
  const allowed = params.texts("allowed_payment_method_types");
  const customerId = params.text("customer");
  const customer = customerId ? world.customer(customerId, "customer") : null;
  const email = params.nullable("customer_email") ?? null;
  const total = mode === "setup" ? null : lines.reduce((sum, line) => sum + line.amount_total, 0);
  const id = `cs_test_${world.id("").slice(1)}`;
  const order = { id, params: params.tree, lines, intent: null, subscription: null };
  const session: Stripe.Checkout.Session = {
    ...NOTHING_ASKED,
    id,
    allowed_payment_method_types: allowed ?? null,
    amount_subtotal: total,
    amount_total: total,
    cancel_url: params.text("cancel_url") ?? null,
    client_reference_id: params.text("client_reference_id") ?? null,
    created: world.now(),
    currency: lines[0]?.currency ?? params.text("currency") ?? null,
    customer: customer?.id ?? null,
    customer_creation: customer || mode !== "payment" ? null : creationOf(params),
    customer_details: customerDetails(customer, email),
    customer_email: email,
    expires_at: expiryOf(world, params),
    invoice_creation: mode === "payment" ? invoiceCreation(params) : null,
    locale: (params.text("locale") as Stripe.Checkout.Session.Locale | undefined) ?? null,
    metadata: params.metadata(),
    mode,
    payment_method_collection: mode === "subscription" ? collectionOf(params) : null,
    payment_method_types: params.texts("payment_method_types") ?? allowed ?? ["card"],
    payment_status: mode === "setup" ? "no_payment_required" : "unpaid",
    saved_payment_method_options: savingOf(params, mode),
    success_url: params.text("success_url") ?? params.text("return_url") ?? null,
    url: `${world.url}/c/pay/${id}`,
  };
  if (!session.success_url) throw missingParam("success_url");
  world.store.put("checkout.session", session);
  world.store.put("order", order);
  world.schedule("session.expire", id, session.expires_at, null);
  return session;
}

const creationOf = (params: Params) =>
  params.choice("customer_creation", ["always", "if_required"]) ?? "if_required";

const collectionOf = (params: Params) =>
  params.choice("payment_method_collection", ["always", "if_required"]) ?? "always";

function invoiceCreation(params: Params): Stripe.Checkout.Session.InvoiceCreation {
  const group = params.group("invoice_creation");
  const data = group.group("invoice_data");
  return {
    enabled: group.boolean("enabled") ?? false,
    invoice_data: {
      account_tax_ids: null,
      custom_fields: null,
      description: data.nullable("description") ?? null,
      footer: data.nullable("footer") ?? null,
      issuer: null,
      metadata: data.metadata(),
      rendering_options: null,
    },
  };
}

export const lineList = (id: string, lines: Stripe.LineItem[]) =>
  listOf(lines, `/v1/checkout/sessions/${id}/line_items`);

const NOTHING_ASKED = {
  object: "checkout.session",
  adaptive_pricing: { enabled: false },
  after_expiration: null,
  allow_promotion_codes: null,
  allowed_payment_method_types: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  client_secret: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  custom_fields: [],
  custom_text: {
    after_submit: null,
    shipping_address: null,
    submit: null,
    terms_of_service_acceptance: null,
  },
  customer_account: null,
  discounts: [],
  integration_identifier: null,
  invoice: null,
  livemode: false,
  managed_payments: null,
  origin_context: null,
  payment_intent: null,
  payment_link: null,
  payment_method_configuration_details: null,
  payment_method_options: { card: { request_three_d_secure: "automatic" } },
  permissions: null,
  phone_number_collection: { enabled: false },
  recovered_from: null,
  saved_payment_method_options: null,
  setup_intent: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  status: "open",
  submit_type: null,
  subscription: null,
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  ui_mode: "hosted_page",
  wallet_options: null,
} satisfies Partial<Stripe.Checkout.Session>;
