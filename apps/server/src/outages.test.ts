import { randomBytes } from "node:crypto";
import { createTestDatabase, type TestDatabase } from "@tintype/db/testing";
import { startWire, type Wire } from "@tintype/db/testing/wire";
import { createLogger } from "@tintype/integrations/process/logger";
import { renderPool } from "@tintype/services/metrics/pool-metrics";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { createApp } from "./app.ts";
import { createMetrics } from "./metrics.ts";
import { type OpenServices, openServices } from "./services.ts";
import { TestBrowser, testEnv } from "./testing.ts";

const CRON_SECRET = randomBytes(24).toString("hex");
let database: TestDatabase;
let wire: Wire;
let opened: OpenServices;
let browser: TestBrowser;
let app: ReturnType<typeof createApp>;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  wire = await startWire(database.url);
  const secrets = { STRIPE_SECRET_KEY: "sk_test_x", STRIPE_WEBHOOK_SECRET: "whsec_x" };
  const env = testEnv(wire.url, { DATABASE_POOL: "2", CRON_SECRET, ...secrets });
  const logger = createLogger("server", "silent");
  opened = await openServices(env, logger);
  app = createApp({ env, services: opened.services, logger, metrics: createMetrics() });
  browser = new TestBrowser(app);
  await browser.signUp();
});
afterAll(async () => {
  wire.hangUp(false);
  wire.resume();
  await opened.close();
  await wire.close();
  await database.drop();
});
beforeEach(() => {
  wire.hangUp(false);
  wire.onRequest(() => "pass");
});

/** Cuts the connection after the next thing that it sends to the server, once. */
function cutOnce(): () => boolean {
  let isCut = false;
  wire.onRequest(() => {
    if (isCut) return "pass";
    isCut = true;
    return "cut after";
  });
  return () => isCut;
}
const unavailable = { code: "unavailable", retryAfterSeconds: 5 };

test("a read whose connection is lost is answered all the same; a change says 503 and when to come back", async () => {
  const wasCut = cutOnce();
  expect(await browser.query("credits.balance")).toMatchObject({ status: 200 });
  expect(wasCut()).toBe(true);

  const wasCutAgain = cutOnce();
  const changed = await browser.mutate("auth.updatePreferences", { locale: "ru" });
  expect(wasCutAgain()).toBe(true);
  expect(changed).toMatchObject({ status: 503, problem: unavailable });
  expect(changed.headers.get("retry-after")).toBe("5");
  expect(await browser.mutate("auth.updatePreferences", { locale: "en" })).toMatchObject({
    status: 200,
  });
});

test("the lookup of a session survives the loss of its connection, too", async () => {
  const other = new TestBrowser(app);
  await other.signUp();
  opened.services.sessions.forget(String((await other.query("auth.me")).data?.id));
  const wasCut = cutOnce();
  expect(await other.query("auth.me")).toMatchObject({ status: 200 });
  expect(wasCut()).toBe(true);
});

test("without its database every way in says 503 and when to come back, and all works again by itself", async () => {
  const { data } = await browser.query("auth.me");
  opened.services.sessions.forget(String(data?.id));
  wire.hangUp(true);
  wire.cut();
  const answers = [
    await browser.query("credits.balance"),
    await browser.mutate("auth.updatePreferences", { locale: "en" }),
    await browser.mutate("auth.signIn", { email: "a@example.com", password: "whatever it is" }),
  ];
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 503, problem: unavailable });
    expect(answer.headers.get("retry-after")).toBe("5");
  }
  const cron = { method: "POST", headers: { authorization: `Bearer ${CRON_SECRET}` } };
  const cookie = { headers: { cookie: browser.cookie } };
  for (const [address, init] of Object.entries({
    "/cron/rollover": cron,
    "/export/credits.csv": cookie,
  })) {
    const answer = await app.request(address, init);
    expect(answer.status, address).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("5");
  }
  expect((await app.request("/healthz")).status).toBe(200);
  expect((await app.request("/readyz")).status).toBe(503);

  wire.hangUp(false);
  expect(await browser.query("credits.balance")).toMatchObject({ status: 200 });
});

test("a batch with one read that must wait says so for that one", async () => {
  const { data } = await browser.query("auth.me");
  opened.services.sessions.forget(String(data?.id));
  await browser.query("auth.me");
  wire.onRequest(() => "cut");
  const answer = await app.request("/trpc/auth.me,credits.balance?batch=1&input=%7B%7D", {
    headers: { cookie: browser.cookie },
  });
  expect(answer.status).toBe(207);
  expect(answer.headers.get("retry-after")).toBe("5");
  expect(await answer.json()).toMatchObject([
    { result: { data: { id: data?.id } } },
    { error: { data: { problem: unavailable } } },
  ]);
});

test("the pool is in the metrics", async () => {
  const { poolStatistics } = opened.services;
  expect(poolStatistics().lost).toBeGreaterThan(0);
  const lines = renderPool(poolStatistics()).split("\n");
  expect(lines).toContain(
    `tintype_db_connections_ended_total{reason="lost"} ${poolStatistics().lost}`,
  );
  expect(lines).toContain('tintype_db_connections_ended_total{reason="left_open"} 0');
});
