import type { Stripe } from "stripe";
import { invalid } from "../core/errors.ts";
import { emit, update } from "../core/events.ts";
import type { Params } from "../core/params.ts";
import type { World } from "../core/world.ts";
import { LIST_PARAMS, pageOf } from "../http/list.ts";
import type { Routes } from "../http/routes.ts";

type Configuration = Stripe.BillingPortal.Configuration;

const ASKED = [
  "business_profile",
  "default_return_url",
  "features",
  "metadata",
  "name",
  "login_page",
];

const DEFAULTS: Configuration["features"] = {
  customer_update: { allowed_updates: [], enabled: false },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true, payment_method_configuration: null },
  subscription_cancel: {
    cancellation_reason: { enabled: false, feedback_options: null, options: [] },
    enabled: true,
    mode: "at_period_end",
    proration_behavior: "none",
  },
  subscription_pause: { duration: { interval_options: [], type: "indefinite" }, enabled: false },
  subscription_update: {
    billing_cycle_anchor: "unchanged",
    default_allowed_updates: [],
    enabled: false,
    products: [],
    proration_behavior: "none",
    schedule_at_period_end: { conditions: [] },
    trial_update_behavior: "end_trial",
  },
};

function featuresFrom(
  params: Params,
  before: Configuration["features"],
): Configuration["features"] {
  const enabled = (name: string, was: boolean) => params.group(name).boolean("enabled") ?? was;
  const cancel = params.group("subscription_cancel");
  const change = params.group("subscription_update");
  const products = change.groups("products").map((product) => ({
    adjustable_quantity: { enabled: false, maximum: null, minimum: 1 },
    prices: product.texts("prices") ?? [],
    product: product.required("product"),
  }));
  return {
    ...before,
    invoice_history: { enabled: enabled("invoice_history", before.invoice_history.enabled) },
    payment_method_update: {
      ...before.payment_method_update,
      enabled: enabled("payment_method_update", before.payment_method_update.enabled),
    },
    subscription_cancel: {
      ...before.subscription_cancel,
      enabled: enabled("subscription_cancel", before.subscription_cancel.enabled),
      mode:
        cancel.choice("mode", ["at_period_end", "immediately"]) ?? before.subscription_cancel.mode,
    },
    subscription_update: {
      ...before.subscription_update,
      enabled: enabled("subscription_update", before.subscription_update.enabled),
      default_allowed_updates:
        change.texts("default_allowed_updates") ??
        before.subscription_update.default_allowed_updates,
      products: change.has("products") ? products : (before.subscription_update.products ?? []),
      proration_behavior:
        change.choice("proration_behavior", ["none", "create_prorations", "always_invoice"]) ??
        before.subscription_update.proration_behavior,
    },
  };
}

function newConfiguration(world: World, params: Params, isDefault: boolean): Configuration {
  const profile = params.group("business_profile");
  const configuration: Configuration = {
    id: world.id("bpc"),
    object: "billing_portal.configuration",
    active: true,
    application: null,
    business_profile: {
      headline: profile.nullable("headline") ?? null,
      privacy_policy_url: profile.nullable("privacy_policy_url") ?? null,
      terms_of_service_url: profile.nullable("terms_of_service_url") ?? null,
    },
    created: world.now(),
    default_return_url: params.nullable("default_return_url") ?? null,
    features: featuresFrom(params.group("features"), DEFAULTS),
    is_default: isDefault,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: params.metadata(),
    name: params.nullable("name") ?? null,
    updated: world.now(),
  };
  world.store.put("billing_portal.configuration", configuration);
  emit(world, "billing_portal.configuration.created", configuration);
  return configuration;
}

/** The one that is used when a session names none. */
function defaultConfiguration(world: World, params: Params): Configuration {
  return (
    world.store.all("billing_portal.configuration").find((each) => each.is_default) ??
    newConfiguration(world, params, true)
  );
}

const SESSION = ["customer", "configuration", "return_url", "locale", "flow_data"];

function newSession(world: World, params: Params): Stripe.BillingPortal.Session {
  params.allowOnly(SESSION);
  const customer = world.customer(params.required("customer"), "customer");
  const asked = params.text("configuration");
  const configuration = asked
    ? world.must("billing_portal.configuration", asked, "configuration")
    : defaultConfiguration(world, params.group("none"));
  if (!configuration.active)
    throw invalid("This configuration is inactive.", { param: "configuration" });
  const id = world.id("bps");
  const session: Stripe.BillingPortal.Session = {
    id,
    object: "billing_portal.session",
    configuration: configuration.id,
    created: world.now(),
    customer: customer.id,
    customer_account: null,
    flow: null,
    livemode: false,
    locale: (params.text("locale") as Stripe.BillingPortal.Session.Locale | undefined) ?? null,
    on_behalf_of: null,
    return_url: params.nullable("return_url") ?? configuration.default_return_url,
    url: `${world.url}/p/session/${id}`,
  };
  world.store.put("billing_portal.session", session);
  emit(world, "billing_portal.session.created", session);
  return session;
}

export const portalRoutes: Routes = {
  "POST /v1/billing_portal/configurations": ({ world, params }) => {
    params.allowOnly(ASKED);
    const isFirst = !world.store.all("billing_portal.configuration").length;
    return newConfiguration(world, params, isFirst);
  },
  "GET /v1/billing_portal/configurations": ({ world, params }) => {
    params.allowOnly([...LIST_PARAMS, "active", "is_default"]);
    const [active, isDefault] = [params.boolean("active"), params.boolean("is_default")];
    const rows = world.store
      .all("billing_portal.configuration")
      .filter(
        (each) =>
          (active === undefined || each.active === active) &&
          (isDefault === undefined || each.is_default === isDefault),
      );
    return pageOf(params, rows, "/v1/billing_portal/configurations");
  },
  "GET /v1/billing_portal/configurations/:id": ({ world, id }) =>
    world.must("billing_portal.configuration", id()),
  "POST /v1/billing_portal/configurations/:id": ({ world, params, id }) => {
    params.allowOnly([...ASKED, "active"]);
    const before = world.must("billing_portal.configuration", id());
    const profile = params.group("business_profile");
    const change: Partial<Configuration> = {
      active: params.boolean("active") ?? before.active,
      business_profile: {
        ...before.business_profile,
        headline: profile.nullable("headline") ?? before.business_profile.headline,
      },
      default_return_url: params.nullable("default_return_url") ?? before.default_return_url,
      features: featuresFrom(params.group("features"), before.features),
      metadata: params.metadata(before.metadata ?? {}),
      updated: world.now(),
    };
    const type = "billing_portal.configuration.updated";
    return update(world, "billing_portal.configuration", id(), change, type);
  },
  "POST /v1/billing_portal/sessions": ({ world, params }) => newSession(world, params),
};
