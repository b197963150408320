import { randomBytes } from "node:crypto";
import type { Stripe } from "stripe";
import { missingParam } from "../core/errors.ts";
import { API_VERSION, type World } from "../core/world.ts";
import { createdFilter, LIST_PARAMS, pageOf } from "../http/list.ts";
import type { Routes } from "../http/routes.ts";

/** Its secret is told once, in the answer that makes it. */
export function newEndpoint(
  world: World,
  asked: { url: string; events: string[]; secret?: string; description?: string | null },
): Stripe.WebhookEndpoint {
  const endpoint: Stripe.WebhookEndpoint = {
    id: world.id("we"),
    object: "webhook_endpoint",
    api_version: API_VERSION,
    application: null,
    created: world.now(),
    description: asked.description ?? null,
    enabled_events: asked.events,
    livemode: false,
    metadata: {},
    status: "enabled",
    url: asked.url,
  };
  const secret = asked.secret ?? `whsec_${randomBytes(24).toString("hex")}`;
  world.store.put("webhook_endpoint", endpoint);
  world.store.put("setting", { id: `secret ${endpoint.id}`, value: secret });
  return { ...endpoint, secret };
}

export const eventRoutes: Routes = {
  "GET /v1/events": ({ world, params }) => {
    params.allowOnly([...LIST_PARAMS, "type", "types", "created", "delivery_success"]);
    const [type, types] = [params.text("type"), params.texts("types")];
    const isAsked = createdFilter(params);
    const rows = world.store
      .all("event")
      .filter(
        (event) =>
          isAsked(event) &&
          (type === undefined || matches(type, event.type)) &&
          (!types || types.includes(event.type)),
      );
    return pageOf(params, rows, "/v1/events");
  },
  "GET /v1/events/:id": ({ world, id }) => world.must("event", id()),
  "POST /v1/webhook_endpoints": ({ world, params }) => {
    params.allowOnly(["url", "enabled_events", "description", "metadata", "api_version"]);
    const events = params.texts("enabled_events");
    if (!events?.length) throw missingParam("enabled_events");
    const url = params.required("url");
    const endpoint = newEndpoint(world, {
      url,
      events,
      description: params.nullable("description") ?? null,
    });
    world.change("webhook_endpoint", endpoint.id, { metadata: params.metadata() });
    return { ...endpoint, metadata: params.metadata() };
  },
  "GET /v1/webhook_endpoints": ({ world, params }) =>
    pageOf(
      params.allowOnly(LIST_PARAMS),
      world.store.all("webhook_endpoint"),
      "/v1/webhook_endpoints",
    ),
  "GET /v1/webhook_endpoints/:id": ({ world, id }) => world.must("webhook_endpoint", id()),
  "POST /v1/webhook_endpoints/:id": ({ world, params, id }) => {
    params.allowOnly(["url", "enabled_events", "description", "metadata", "disabled"]);
    const endpoint = world.must("webhook_endpoint", id());
    const disabled = params.boolean("disabled");
    return world.change("webhook_endpoint", id(), {
      url: params.text("url") ?? endpoint.url,
      enabled_events: params.texts("enabled_events") ?? endpoint.enabled_events,
      description: params.nullable("description") ?? endpoint.description,
      metadata: params.metadata(endpoint.metadata),
      ...(disabled === undefined ? {} : { status: disabled ? "disabled" : "enabled" }),
    });
  },
  "DELETE /v1/webhook_endpoints/:id": ({ world, id }) => {
    world.must("webhook_endpoint", id());
    world.store.remove("webhook_endpoint", id());
    return { id: id(), object: "webhook_endpoint", deleted: true };
  },
};

/** `charge.*` asks for all of its kind. */
const matches = (asked: string, type: string) =>
  asked.endsWith("*") ? type.startsWith(asked.slice(0, -1)) : asked === type;
