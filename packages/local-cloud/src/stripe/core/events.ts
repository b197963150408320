import type { Stripe } from "stripe";
import type { TableName, Tables } from "./tables.ts";
import { API_VERSION, type World } from "./world.ts";

export type EventType = Stripe.EventBase["type"];

/** Records what happened, with the object as it is now, and hands it to the endpoints that listen. */
export function emit(world: World, type: EventType, object: object, before?: object): void {
  const previous = before && changedFrom(before, object);
  const endpoints = world.store
    .all("webhook_endpoint")
    .filter((endpoint) => endpoint.status === "enabled" && listens(endpoint, type));
  const event: Stripe.EventBase = {
    id: world.id("evt"),
    object: "event",
    api_version: API_VERSION,
    created: world.now(clockOf(world, object)),
    data: {
      object: structuredClone(object),
      ...(previous ? { previous_attributes: previous } : {}),
    },
    livemode: false,
    pending_webhooks: endpoints.length,
    request: world.request ?? { id: null, idempotency_key: null },
    type,
  };
  world.store.put("event", event);
  for (const endpoint of endpoints) {
    const id = `${event.id} ${endpoint.id}`;
    world.store.put("delivery", {
      id,
      event: event.id,
      type,
      endpoint: endpoint.id,
      state: "pending",
      notBefore: 0,
      attempts: [],
    });
    world.fresh.push(id);
  }
}

/** Changes an object and tells of it, when something really changed. */
export function update<N extends TableName>(
  world: World,
  table: N,
  id: string,
  change: Partial<Tables[N]>,
  type: EventType,
): Tables[N] {
  const before = world.must(table, id);
  const after = world.change(table, id, change);
  if (changedFrom(before, after)) emit(world, type, after, before);
  return after;
}

const listens = (endpoint: Stripe.WebhookEndpoint, type: string) =>
  endpoint.enabled_events.some((name) => name === "*" || name === type);

/** Events of objects on a test clock carry its time. */
function clockOf(world: World, object: object): string | null {
  if ("test_clock" in object && typeof object.test_clock === "string") return object.test_clock;
  if ("customer" in object && typeof object.customer === "string") {
    return world.clockOf(object.customer);
  }
  return null;
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The former values of what differs; inside of objects only the members that differ. */
function changedFrom(before: object, after: object): Record<string, unknown> | undefined {
  const old = before as Record<string, unknown>;
  const current = after as Record<string, unknown>;
  const changed: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(old), ...Object.keys(current)])) {
    const [was, is] = [old[key], current[key]];
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    const inner = isPlain(was) && isPlain(is) ? changedFrom(was, is) : undefined;
    changed[key] = inner ?? was ?? null;
  }
  return Object.keys(changed).length ? changed : undefined;
}
