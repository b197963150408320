import { createHmac, randomUUID } from "node:crypto";
import { createTestDatabase, type TestDatabase } from "@tintype/db/testing";
import { createLogger } from "@tintype/integrations/process/logger";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createApp } from "./app.ts";
import { createMetrics } from "./metrics.ts";
import { type OpenServices, openServices } from "./services.ts";
import { type CountingProxy, startCountingProxy } from "./testing/counting-proxy.ts";
import { TestBrowser, testEnv } from "./testing.ts";

/**
 * How often the booking of a webhook waits for the database. A flood of webhooks on a machine with other work waits
 * mostly for these. Each is what its steps need, one after another; not more of them without somebody noticing here.
 */
const goals = {
  "means nothing to us": 2,
  "told again": 1,
  "a pack is paid": 16,
  "the same payment, by another event": 13,
  "a pack is refunded": 18,
};

const SECRET = "whsec_round_trips";
let database: TestDatabase;
let proxy: CountingProxy;
let opened: OpenServices;
let app: ReturnType<typeof createApp>;
let userId: string;

beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  proxy = await startCountingProxy(database.url);
  // One connection, on which every statement is soon prepared: what is counted is the steady state.
  const env = testEnv(proxy.url, {
    ...{ DATABASE_POOL: "1", STRIPE_SECRET_KEY: "sk_test_x", STRIPE_WEBHOOK_SECRET: SECRET },
    // Nobody answers there, and nobody is asked.
    STRIPE_API_BASE: "http://127.0.0.1:9",
  });
  const logger = createLogger("server", "silent");
  opened = await openServices(env, logger);
  app = createApp({ env, services: opened.services, logger, metrics: createMetrics() });
  const browser = new TestBrowser(app);
  await browser.signUp();
  userId = String((await browser.query("auth.me")).data?.id);
});
afterAll(async () => {
  await opened.close();
  await proxy.close();
  await database.drop();
});

function eventOf(type: string, object: object): string {
  const created = Math.floor(Date.now() / 1_000);
  return JSON.stringify({
    ...{ id: `evt_${randomUUID()}`, object: "event", type, created, data: { object } },
    api_version: "2026-10-28.endive",
  });
}

/** @returns how often it waited */
async function tell(body: string, outcome: string): Promise<number> {
  const time = Math.floor(Date.now() / 1_000);
  const digest = createHmac("sha256", SECRET).update(`${time}.${body}`).digest("hex");
  const headers = { "stripe-signature": `t=${time},v1=${digest}` };
  proxy.reset();
  const answer = await app.request("/webhooks/stripe", { method: "POST", headers, body });
  expect(await answer.json()).toEqual({ received: true, outcome });
  const trips = proxy.trips("tintype");
  return trips.length;
}

async function tellAll() {
  const metadata = {
    ...{ userId, userEmail: "ada@example.com" },
    ...{ kind: "pack", code: "bundle_30m", credits: "1800" },
  };
  const [intent, session] = [`pi_${randomUUID()}`, `cs_${randomUUID()}`];
  const paid = eventOf("checkout.session.completed", {
    ...{ id: session, object: "checkout.session", mode: "payment", payment_status: "paid" },
    ...{ payment_intent: intent, amount_total: 1_900, currency: "usd", metadata },
  });
  const settled = eventOf("payment_intent.succeeded", {
    ...{ id: intent, object: "payment_intent", status: "succeeded", currency: "usd" },
    ...{ amount_received: 1_900, metadata },
  });
  const refunded = eventOf("charge.refunded", {
    ...{ id: `ch_${randomUUID()}`, object: "charge", payment_intent: intent, currency: "usd" },
    ...{ amount_captured: 1_900, amount_refunded: 1_900, created: 1_790_000_000, metadata },
  });
  return {
    "means nothing to us": await tell(eventOf("product.created", { id: "prod_1" }), "ignored"),
    "a pack is paid": await tell(paid, "applied"),
    "told again": await tell(paid, "duplicate"),
    "the same payment, by another event": await tell(settled, "applied"),
    "a pack is refunded": await tell(refunded, "applied"),
  };
}

test("each webhook waits for the database as often as it must, and no more", async () => {
  // The first time only prepares the statements.
  await tellAll();
  expect(await tellAll()).toEqual(goals);
});
