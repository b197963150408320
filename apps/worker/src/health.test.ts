import { afterEach, expect, test } from "vitest";
import { type Health, startHealth } from "./health.ts";

const open: Health[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ close }) => close()));
});

type Settings = { PUBLIC_URL?: string; METRICS_TOKEN?: string };

async function metricsOf(settings: Settings, headers: Record<string, string> = {}) {
  const health = await startHealth(
    { HOST: "127.0.0.1", WORKER_PORT: 0, PUBLIC_URL: "http://localhost:5173", ...settings },
    { isReady: async () => true, metrics: () => "tintype_own 1\n" },
  );
  open.push(health);
  const answer = await fetch(`http://127.0.0.1:${health.port}/metrics`, { headers });
  return { status: answer.status, text: await answer.text() };
}

test("a worker's metrics are for this machine, and behind a public address for whoever has the token", async () => {
  const own = await metricsOf({});
  expect(own.status).toBe(200);
  expect(own.text).toContain("process_uptime_seconds ");
  expect(own.text).toContain("tintype_own 1\n");

  const METRICS_TOKEN = "a-long-metrics-token";
  const authorization = `Bearer ${METRICS_TOKEN}`;
  const PUBLIC_URL = "https://studio.example";
  expect((await metricsOf({}, { "x-forwarded-for": "203.0.113.5" })).status).toBe(404);
  expect((await metricsOf({ PUBLIC_URL })).status).toBe(404);
  expect((await metricsOf({ METRICS_TOKEN })).status).toBe(404);
  expect((await metricsOf({ METRICS_TOKEN }, { authorization: "Bearer another" })).status).toBe(
    404,
  );
  expect((await metricsOf({ PUBLIC_URL, METRICS_TOKEN }, { authorization })).status).toBe(200);
});
