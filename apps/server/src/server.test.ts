import { spawn } from "node:child_process";
import { once } from "node:events";
import { get, request } from "node:http";
import path from "node:path";
import { connect } from "@tintype/db/client";
import { createTestDatabase, type TestDatabase } from "@tintype/db/testing";
import { createLogger } from "@tintype/integrations/process/logger";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { startServer } from "./server.ts";
import { ORIGIN, testEnv } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
});
afterAll(() => database.drop());
const start = (over: Record<string, string> = {}) =>
  startServer(testEnv(database.url, over), createLogger("server", "silent"));

async function signUp(base: string): Promise<string> {
  const email = `${crypto.randomUUID()}@example.com`;
  const answer = await fetch(`${base}/trpc/auth.signUp`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: ORIGIN },
    body: JSON.stringify({ email, password: "correct horse battery" }),
  });
  return answer.headers.get("set-cookie")?.split(";")[0] ?? "";
}

test("a stream of events begins at once, unbuffered, and ends when the server stops", async () => {
  const server = await start();
  const base = `http://127.0.0.1:${server.port}`;
  const cookie = await signUp(base);

  const answer = await fetch(`${base}/trpc/jobs.watch`, {
    headers: { cookie, accept: "text/event-stream" },
  });
  expect(answer.headers.get("content-type")).toContain("text/event-stream");
  expect(answer.headers.get("content-encoding")).toBeNull();
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  while (!seen.includes('"type":"balance"')) seen += (await reader?.read())?.value ?? "";
  expect(seen).toContain('"available":10');

  const started = performance.now();
  await server.stop();
  expect(performance.now() - started).toBeLessThan(5_000);
  await expect(
    (async () => {
      while (!(await reader?.read())?.done);
    })(),
  ).rejects.toThrow();
});

test("an address in X-Forwarded-For counts only behind a proxy we trust", async () => {
  const limited = { RATE_LIMIT_PER_MINUTE: "3" };
  const statuses = async (over: Record<string, string>) => {
    const server = await start({ ...limited, ...over });
    const found = [];
    for (let each = 1; each <= 5; each++) {
      const headers = { "x-forwarded-for": `6.6.6.6, 203.0.113.${each}` };
      const answer = await fetch(`http://127.0.0.1:${server.port}/trpc/auth.me`, { headers });
      found.push(answer.status);
    }
    await server.stop();
    return found;
  };

  expect(await statuses({})).toEqual([200, 200, 200, 429, 429]);
  expect(await statuses({ TRUST_PROXY_HOPS: "1" })).toEqual([200, 200, 200, 200, 200]);
});

test.each([
  ["a client with a new port each time", (each: number) => `203.0.113.5:${1_000 + each}`],
  ["an IPv6 client with a new port each time", (each: number) => `[2001:db8::1]:${1_000 + each}`],
  ["a client with addresses of one /64", (each: number) => `2001:db8::${each}`],
  ["a mapped address in several spellings", (each: number) => MAPPED[each % MAPPED.length] ?? ""],
  ["rubbish in the proxy's place", (each: number) => `rubbish-${each}`],
  ["an address that is none", (each: number) => `203.0.113.${300 + each}`],
  ["nothing in the proxy's place", (each: number) => `203.0.113.${each}, `],
])("%s stays one client to the limits", async (_name, forwarded) => {
  const server = await start({ RATE_LIMIT_PER_MINUTE: "3", TRUST_PROXY_HOPS: "1" });
  const found = [];
  for (let each = 1; each <= 5; each++) {
    const headers = { "x-forwarded-for": `6.6.6.6, ${forwarded(each)}` };
    found.push((await fetch(`http://127.0.0.1:${server.port}/trpc/auth.me`, { headers })).status);
  }
  await server.stop();
  expect(found).toEqual([200, 200, 200, 429, 429]);
});

const MAPPED = ["::ffff:203.0.113.5", "::ffff:cb00:7105", "203.0.113.5", "[::ffff:203.0.113.5]:80"];

test("a list that is spread over several headers is one list", async () => {
  const server = await start({ RATE_LIMIT_PER_MINUTE: "1", TRUST_PROXY_HOPS: "2" });
  const status = (...lists: string[]) =>
    new Promise<number | undefined>((resolve, reject) => {
      const path = "/trpc/auth.me";
      const headers = { "x-forwarded-for": lists };
      get({ port: server.port, host: "127.0.0.1", path, headers }, (answer) => {
        resolve(answer.statusCode);
        answer.resume();
      }).on("error", reject);
    });
  expect(await status("6.6.6.6", "203.0.113.1, 198.51.100.1")).toBe(200);
  expect(await status("6.6.6.7, 203.0.113.1", "198.51.100.2")).toBe(429);
  expect(await status("6.6.6.7", "203.0.113.2", "198.51.100.2")).toBe(200);
  await server.stop();
});

test.each([
  ["TRUST_PROXY_HOPS is 0", {}, "198.51.100.1", 1],
  ["fewer proxies wrote than are trusted", { TRUST_PROXY_HOPS: "2" }, "198.51.100.1", 1],
  ["the proxy's place holds rubbish", { TRUST_PROXY_HOPS: "1" }, "unknown", 1],
  ["it is read", { TRUST_PROXY_HOPS: "1" }, "198.51.100.1", 0],
])(
  "the log says once that X-Forwarded-For is ignored when %s",
  async (_name, over, list, count) => {
    const log: string[] = [];
    const logger = createLogger("server", "warn", { write: (line) => void log.push(line) });
    const server = await startServer(testEnv(database.url, over), logger);
    for (let each = 0; each < 3; each++) {
      const headers = { "x-forwarded-for": list };
      await fetch(`http://127.0.0.1:${server.port}/trpc/auth.me`, { headers });
    }
    await server.stop();
    expect(log.filter((line) => line.includes("TRUST_PROXY_HOPS"))).toHaveLength(count);
    expect(log.join()).not.toContain("198.51.100.1");
  },
);

test("a batch counts as the calls in it, however its commas are written", async () => {
  const server = await start({ RATE_LIMIT_PER_MINUTE: "12" });
  const statuses = [];
  for (const comma of [",", "%2C", "%2c", ","]) {
    const names = Array.from({ length: 4 }, () => "auth.me").join(comma);
    const url = `http://127.0.0.1:${server.port}/trpc/${names}?batch=1&input=%7B%7D`;
    statuses.push((await fetch(url)).status);
  }
  await server.stop();
  expect(statuses).toEqual([200, 200, 200, 429]);
});

test("an address has so many streams open and no more; one that ends gives its place back", async () => {
  const server = await start({ STREAMS_PER_ADDRESS: "2" });
  const base = `http://127.0.0.1:${server.port}`;
  const cookie = await signUp(base);
  const open = async () => {
    const control = new AbortController();
    const answer = await fetch(`${base}/trpc/jobs.watch`, {
      headers: { cookie, accept: "text/event-stream" },
      signal: control.signal,
    });
    // The answer is kept: fetch hangs up when nobody holds it any more, whenever memory is next tidied.
    return { answer, status: answer.status, end: () => control.abort() };
  };

  const [first, second] = [await open(), await open()];
  expect([first.status, second.status, (await open()).status]).toEqual([200, 200, 429]);
  first.end();
  await expect.poll(async () => (await open()).status).toBe(200);
  second.end();
  await server.stop();
});

test("a script that does not say it wants a stream has no more of them than a browser", async () => {
  const server = await start({ STREAMS_PER_ADDRESS: "2" });
  const base = `http://127.0.0.1:${server.port}`;
  const cookie = await signUp(base);
  const controls = Array.from({ length: 4 }, () => new AbortController());
  const answers = [];
  for (const { signal } of controls) {
    answers.push(await fetch(`${base}/trpc/jobs.watch`, { headers: { cookie }, signal }));
  }
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 429]);
  for (const control of controls) control.abort();
  await server.stop();
});

/** What a stream says until it ends. */
async function wholeStream(base: string, cookie: string): Promise<string> {
  const answer = await fetch(`${base}/trpc/jobs.watch`, { headers: { cookie } });
  return answer.text();
}

test("a stream that is open over HTTP ends with its session, which another server has ended", async () => {
  const [server, other] = [await start(), await start()];
  const base = `http://127.0.0.1:${server.port}`;
  const cookie = await signUp(base);
  const answer = await fetch(`${base}/trpc/jobs.watch`, { headers: { cookie } });
  expect(answer.headers.get("cache-control")).toBe("no-store, no-transform");
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  while (!seen.includes('"type":"balance"')) seen += (await reader?.read())?.value ?? "";

  const everywhere = `http://127.0.0.1:${other.port}/trpc/auth.signOutEverywhere`;
  const headers = { "content-type": "application/json", origin: ORIGIN, cookie };
  expect((await fetch(everywhere, { method: "POST", headers })).status).toBe(200);
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    seen += part.value;
  }
  expect(seen).toMatch(/event: serialized-error\ndata: .*"problem":\{"code":"unauthenticated"\}/);
  expect(seen).not.toContain("INTERNAL_SERVER_ERROR");
  await Promise.all([server.stop(), other.stop()]);
});

test("a user's streams are limited wherever they come from, and the refusal says how many there may be", async () => {
  const server = await start({ STREAMS_PER_USER: "1", TRUST_PROXY_HOPS: "1" });
  const base = `http://127.0.0.1:${server.port}`;
  const cookie = await signUp(base);
  const control = new AbortController();
  const first = await fetch(`${base}/trpc/jobs.watch`, {
    headers: { cookie, "x-forwarded-for": "203.0.113.1" },
    signal: control.signal,
  });
  const reader = first.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  while (!seen.includes('"type":"balance"')) seen += (await reader?.read())?.value ?? "";
  expect(await wholeStream(base, cookie)).toContain('"code":"too_many_streams","limit":1');

  control.abort();
  await server.stop();
});

test("a body that does not say how long it is is cut at 1 MB", async () => {
  const server = await start();
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const post = request(
      {
        port: server.port,
        host: "127.0.0.1",
        path: "/trpc/auth.signIn",
        method: "POST",
        headers: { origin: ORIGIN, "content-type": "application/json" },
      },
      (answer) => {
        resolve(answer.statusCode);
        answer.resume();
      },
    );
    post.on("error", reject);
    for (let part = 0; part < 20; part++) post.write("x".repeat(100_000));
    post.end();
  });
  expect(status).toBe(413);
  await server.stop();
});

const environment = (env: ReturnType<typeof testEnv>) =>
  Object.fromEntries(Object.entries(env).map(([key, value]) => [key, String(value)]));
const spawnServer = (over: Record<string, string> = {}) => {
  const main = path.join(import.meta.dirname, "main.ts");
  const child = spawn(process.execPath, [main], {
    env: { PATH: "/usr/bin:/bin", ...environment(testEnv(database.url)), ...over },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const listening = new Promise<void>((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
      if (output.includes('"listening"')) resolve();
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    child.once("exit", (code) => reject(new Error(`exited with ${code}: ${output}`)));
  });
  return { child, listening };
};

test("SIGTERM ends the process with code 0", async () => {
  const { child, listening } = spawnServer();
  await listening;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
});

test("a supervised server ends when whoever started it goes away", async () => {
  const { child, listening } = spawnServer({ SUPERVISED: "true" });
  await listening;
  const exited = once(child, "exit");
  child.stdin.end();
  expect(await exited).toEqual([0, null]);
});

test("migrating an empty database makes the tables and the catalogue, and again changes nothing", async () => {
  const empty = await createEmptyDatabase();
  for (let round = 0; round < 2; round++) {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, "migrate.ts")], {
      env: { PATH: "/usr/bin:/bin", DATABASE_URL: empty, CATALOG: "packs" },
      stdio: ["ignore", "inherit", "inherit"],
    });
    expect(await once(child, "exit")).toEqual([0, null]);
  }
  const { db, close } = connect(empty);
  const rows = await db.execute("select name::text from catalogue_state");
  await close();
  expect([...rows]).toEqual([{ name: "packs" }]);
});

/** Not from the template, which is migrated already. */
async function createEmptyDatabase(): Promise<string> {
  const name = `empty_${crypto.randomUUID().replaceAll("-", "")}`;
  const server = connect(inject("postgresUrl"), { maxConnections: 1, role: null });
  await server.db.execute(`create database ${name}`);
  await server.close();
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  return url.href;
}

test("a server without its variables says which and ends", async () => {
  const { listening } = spawnServer({ PUBLIC_URL: "" });
  await expect(listening).rejects.toThrow(/exited with 1:[\s\S]*PUBLIC_URL/);
});
