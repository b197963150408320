import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningMailCatcher, startMailCatcher } from "./mail.ts";
import { type RunningStripe, startStripeEmulator } from "./stripe.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tintype-foreign-"));
let stripe: RunningStripe;
let mail: RunningMailCatcher;
beforeAll(async () => {
  stripe = await startStripeEmulator({ dataFolder: path.join(folder, "stripe") });
  mail = await startMailCatcher({ dir: path.join(folder, "mail") });
});
afterAll(async () => {
  await Promise.all([stripe.close(), mail.stop()]);
  rmSync(folder, { recursive: true });
});

type Call = { method?: string; path?: string; headers?: Record<string, string>; body?: string };

/** Not fetch, which chooses Host by itself. */
function statusOf(url: string, { method = "GET", path: at = "/", headers = {}, body }: Call) {
  return new Promise<number>((resolve, reject) => {
    const call = request(new URL(at, url), { method, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    call.on("error", reject);
    call.end(body);
  });
}
const advance = (headers: Record<string, string> = {}) =>
  statusOf(stripe.url, {
    ...{ method: "POST", path: "/_emulator/advance", headers, body: '{"seconds":1}' },
  });

test.each([
  ["https://evil.example", {}],
  ["null", {}],
  ["http://localhost:5173", {}],
  ["http://127.0.0.1", {}],
  [undefined, { "sec-fetch-site": "cross-site" }],
  [undefined, { "sec-fetch-site": "same-site" }],
])("a page of %s (%j) moves no clock and reads no mail", async (origin, more) => {
  const headers: Record<string, string> = { ...more, ...(origin && { origin }) };
  expect(await advance(headers)).toBe(403);
  if (origin) expect(await statusOf(mail.inboxUrl, { path: "/api/messages", headers })).toBe(403);
});

test.each([
  "evil.example",
  "evil.example:12111",
  "127.0.0.1.nip.io",
  "localhost.evil.example",
  "0.0.0.0",
])("nobody is served under the name %s, which may resolve to this machine", async (host) => {
  expect(await advance({ host })).toBe(403);
  expect(await statusOf(stripe.url, { path: "/v1/balance", headers: { host } })).toBe(403);
  expect(await statusOf(mail.inboxUrl, { headers: { host } })).toBe(403);
});

test("programs, and the pages of the service itself under each name of this machine, are served", async () => {
  const { port } = new URL(stripe.url);
  expect(await advance()).toBe(200);
  for (const name of ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"]) {
    const host = `${name}:${port}`;
    expect(await advance({ host, origin: `http://${host.toLowerCase()}` })).toBe(200);
  }
  expect(await advance({ "sec-fetch-site": "same-origin", origin: "null" })).toBe(200);
  expect(await statusOf(mail.inboxUrl, {})).toBe(200);
});

test("a link or a picture on a foreign page, which sends no Origin, works no control either", async () => {
  for (const name of ["pause-deliveries", "resume-deliveries", "deliveries", "books"])
    expect(await statusOf(stripe.url, { path: `/_emulator/${name}` })).toBe(405);
});
