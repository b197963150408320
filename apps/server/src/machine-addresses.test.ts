import { createLogger } from "@tintype/integrations/process/logger";
import { expect, test } from "vitest";
import { createApp } from "./app.ts";
import { createMetrics } from "./metrics.ts";
import { ORIGIN, useTestServer } from "./testing.ts";

const server = useTestServer();
const from = (remoteAddress: string) => ({ incoming: { socket: { remoteAddress } } });

test.each([
  ["GET", "/webhooks/stripe", "POST"],
  ["HEAD", "/webhooks/stripe", "POST"],
  ["PUT", "/webhooks/stripe", "POST"],
  ["GET", "/webhooks/stripe/", "POST"],
  ["GET", "/cron/rollover", "POST"],
  ["DELETE", "/cron/rollover", "POST"],
  ["POST", "/export/credits.csv", "GET, HEAD"],
  ["POST", "/healthz", "GET, HEAD"],
  ["POST", "/metrics", "GET, HEAD"],
  ["PUT", "/unsubscribe", "GET, HEAD, POST"],
])("%s %s is 405 and says which methods the address takes", async (method, path, allow) => {
  const answer = await server.app.request(path, { method, headers: { origin: ORIGIN } });
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
});

test.each(["/webhooks/strip", "/cron/roll-over", "/export/debits.csv", "/webhooks/stripe/more"])(
  "%s, an address for machines that there is not, is 404 and never the app's page",
  async (path) => {
    const answer = await server.app.request(path);
    expect(answer.status).toBe(404);
    expect(answer.headers.get("content-type")).toContain("json");
  },
);

const metricsOf = async (
  settings: { PUBLIC_URL: string; METRICS_TOKEN?: string },
  headers: Record<string, string> = {},
  address = "127.0.0.1",
) => {
  const { services } = server.opened;
  const env = { ...server.env, ...settings };
  const logger = createLogger("test", "silent");
  const app = createApp({ env, services, logger, metrics: createMetrics() });
  return (await app.request("/metrics", { headers }, from(address))).status;
};
const PUBLIC_URL = "http://localhost:4000";
const METRICS_TOKEN = "a-long-metrics-token";

test("without a token, metrics are for this machine at the desk, and for nobody where others are served", async () => {
  expect(await metricsOf({ PUBLIC_URL })).toBe(200);
  expect(await metricsOf({ PUBLIC_URL }, {}, "::ffff:127.0.0.1")).toBe(200);
  expect(await metricsOf({ PUBLIC_URL }, {}, "203.0.113.5")).toBe(404);
  // A proxy on the same machine, as nginx is set up without a word about headers.
  expect(await metricsOf({ PUBLIC_URL: ORIGIN })).toBe(404);
});

test.each(["x-forwarded-for", "forwarded", "x-real-ip", "via", "x-forwarded-host"])(
  "whoever comes through a local proxy (%s) needs the token",
  async (name) => {
    expect(await metricsOf({ PUBLIC_URL }, { [name]: "203.0.113.5" })).toBe(404);
  },
);

test("a token that is set is asked of everybody, this machine too", async () => {
  const settings = { PUBLIC_URL, METRICS_TOKEN };
  expect(await metricsOf(settings)).toBe(404);
  const shown = { authorization: `Bearer ${METRICS_TOKEN}` };
  expect(await metricsOf({ PUBLIC_URL: ORIGIN, METRICS_TOKEN }, shown, "203.0.113.5")).toBe(200);
});
