import { createHash } from "node:crypto";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { checkBooks } from "@tintype/services/credits/check-books";
import { expect, test } from "vitest";
import { readEnv } from "./env.ts";
import { allowedOrigins } from "./services.ts";
import { ORIGIN, TestBrowser, testEnv, useTestServer } from "./testing.ts";

const server = useTestServer({
  METRICS_TOKEN: "a-long-metrics-token",
  RATE_LIMIT_PER_MINUTE: "40",
});
const get = (path: string, headers: Record<string, string> = {}) =>
  server.app.request(path, { headers });

test("every page of the SPA is its index, which is never kept without asking", async () => {
  for (const path of ["/studio", "/library", "/jobs/019b0000-0000-7000-8000-000000000000"]) {
    const answer = await get(path);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining("Tintype")]);
    expect(answer.headers.get("cache-control")).toBe("no-cache");
    expect(answer.headers.get("content-type")).toContain("text/html");
    const etag = answer.headers.get("etag") ?? "";
    const again = await get(path, { "if-none-match": etag });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  }
});

test("a hashed file is kept for ever, another is asked for again", async () => {
  const hashed = await get("/assets/main-a1b2c3.js");
  expect(hashed.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(hashed.headers.get("content-type")).toContain("javascript");
  expect((await get("/favicon.svg")).headers.get("cache-control")).toBe("no-cache");
});

test("what the build compressed is sent as it lies there, in what the browser understands", async () => {
  const sent = async (encodings: string) => {
    const answer = await get("/assets/main-a1b2c3.js", { "accept-encoding": encodings });
    expect(answer.headers.get("content-type")).toContain("javascript");
    expect(answer.headers.get("vary")?.toLowerCase() ?? "").toContain("accept-encoding");
    const bytes = Buffer.from(await answer.arrayBuffer());
    return [answer.headers.get("content-encoding"), bytes] as const;
  };
  const [brotli, brotliBytes] = await sent("gzip, deflate, br, zstd");
  expect([brotli, String(brotliDecompressSync(brotliBytes))]).toEqual(["br", "'brotli'"]);
  const [gzip, gzipBytes] = await sent("gzip, deflate");
  expect([gzip, String(gunzipSync(gzipBytes))]).toEqual(["gzip", "'gzip'"]);
});

test.each([
  "/assets/old-123456.js",
  "/../package.json",
  "/%2e%2e/%2e%2e/etc/passwd.txt",
  "/assets/..%2f..%2fpackage.json",
  "/.documents/render.js",
  "/.documents/en/landing.html",
  "/.vite/manifest.json",
  "/%2edocuments/render.js",
])("%s is not found, and never a file from elsewhere", async (path) => {
  const answer = await get(path);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({
    error: { data: { problem: { code: "not_found" } } },
  });
});

test("a page may load from the store and from here, be framed by nobody, and run no script that somebody writes into it", async () => {
  const { headers } = await get("/");
  const policy = headers.get("content-security-policy") ?? "";
  const store = new URL(server.env.S3_ENDPOINT).origin;
  for (const directive of ["img-src", "media-src", "connect-src"]) {
    expect(policy).toMatch(new RegExp(`${directive}[^;]* ${store}`));
  }
  const script = createHash("sha256").update("{ document; }").digest("base64");
  // But for the lines that the build puts into its documents, by their hash.
  expect(policy).toMatch(/script-src 'self' 'sha256-[^']+' 'sha256-[^']+';/);
  expect(policy).toContain(`'sha256-${script}'`);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  expect(headers.get("strict-transport-security")).toContain("max-age=31536000");
});

test("health: alive by itself, ready with database and store", async () => {
  expect(await (await get("/healthz")).json()).toEqual({ status: "ok" });
  expect(await (await get("/readyz")).json()).toEqual({
    status: "ok",
    database: true,
    storage: true,
  });
  const { storage } = server.opened.services;
  const { checkReachable } = storage;
  storage.checkReachable = () => Promise.reject(new Error("away"));
  const unready = await get("/readyz");
  storage.checkReachable = checkReachable;
  expect([unready.status, await unready.json()]).toEqual([
    503,
    { status: "unavailable", database: true, storage: false },
  ]);
});

test("metrics are for the holder of the token", async () => {
  expect((await get("/metrics")).status).toBe(404);
  expect((await get("/metrics", { authorization: "Bearer wrong" })).status).toBe(404);

  const text = await (
    await get("/metrics", { authorization: "Bearer a-long-metrics-token" })
  ).text();
  expect(text).toMatch(/nodejs_eventloop_lag_seconds\{quantile="0\.99"\} \d/);
  expect(text).toMatch(/http_requests_total\{method="GET",status="200"\} \d/);
});

test("the metrics say whether the books balance, and when that was proved", async () => {
  const metrics = async () =>
    (await get("/metrics", { authorization: "Bearer a-long-metrics-token" })).text();
  expect(await metrics()).not.toContain("tintype_books");
  await checkBooks(server.opened.services, "full");
  expect(await metrics()).toMatch(
    /^tintype_books_balanced 1\n[\s\S]*^tintype_books_checked_timestamp_seconds \d{10}/m,
  );
});

test("the metrics count what was delivered at our cost", async () => {
  const text = await (
    await get("/metrics", { authorization: "Bearer a-long-metrics-token" })
  ).text();
  expect(text).toContain('tintype_deliveries_at_our_cost{reason="late"} 0\n');
  expect(text).toContain('tintype_deliveries_at_our_cost{reason="larger"} 0\n');
  expect(text).toContain("tintype_absorbed_credits 0\n");
});

test("a flood from one address is stopped and told for how long", async () => {
  const visitor = new TestBrowser(server.app);
  const statuses = [];
  for (let request = 0; request < 45; request++) {
    statuses.push((await visitor.query("auth.me")).status);
  }
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(5);
  const refused = await visitor.query("auth.me");
  expect(refused.problem).toMatchObject({ code: "too_many_attempts" });
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
});

test("a missing or wrong variable is named", () => {
  const { DATABASE_URL, ...rest } = {
    DATABASE_URL: "postgres://localhost/x",
    S3_ENDPOINT: "not a url",
    S3_ACCESS_KEY_ID: "k",
    S3_SECRET_ACCESS_KEY: "s",
    PUBLIC_URL: ORIGIN,
  };
  expect(() => readEnv(rest)).toThrow(/DATABASE_URL[\s\S]*S3_ENDPOINT/);
  expect(() => readEnv({ ...rest, DATABASE_URL, S3_ENDPOINT: "" })).toThrow(/S3_ENDPOINT/);
});

test("our own address counts as browsers write it, however somebody typed it", () => {
  const variables = {
    PUBLIC_URL: "https://Studio.Example:443/app/",
    WEB_ORIGIN: "http://localhost:5173",
  };
  const env = testEnv("postgres://localhost/x", variables);
  expect(allowedOrigins(env)).toEqual(["https://studio.example", "http://localhost:5173"]);
});
