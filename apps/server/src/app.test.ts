import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { uuidv7 } from "@tintype/core/ids";
import { expect, test } from "vitest";
import { ORIGIN, TestBrowser, useTestServer } from "./testing.ts";

const server = useTestServer();
const browser = () => new TestBrowser(server.app);
const newId = () => uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));

test("signing up sets a cookie no script can read, and the next request knows the user", async () => {
  const visitor = browser();
  const email = `${randomUUID()}@example.com`;

  const { data, headers } = await visitor.signUp(email);

  expect(data).toMatchObject({ email, role: "user", locale: "en" });
  expect(JSON.stringify(data)).not.toContain("argon2");
  const cookies = headers.getSetCookie().map((cookie) => cookie.split("; "));
  const common = ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"];
  expect(cookies.map(([, ...attributes]) => attributes.toSorted())).toEqual([
    [...common, "Max-Age=2592000"].toSorted(),
    [...common, "Max-Age=34560000"].toSorted(),
  ]);
  expect((await visitor.query("auth.me")).data).toMatchObject({ email });
  expect((await visitor.query("credits.balance")).data).toMatchObject({ available: 10 });
});

test("signing out takes the cookie away and ends the session behind it", async () => {
  const visitor = browser();
  await visitor.signUp();
  const { cookie } = visitor;

  const { headers } = await visitor.mutate("auth.signOut");

  expect(headers.get("set-cookie")).toContain("Max-Age=0");
  visitor.cookie = cookie;
  expect((await visitor.query("auth.me")).data).toBeNull();
});

test.each([
  ["another site", { origin: "https://evil.example" }],
  ["a sandboxed page", { origin: "null" }],
  ["our name with another port", { origin: `${ORIGIN}:8443` }],
  ["nowhere", { origin: "" }],
])("a mutation from %s is refused, signed in or not", async (_name, headers) => {
  const visitor = browser();
  await visitor.signUp();
  const answer = await visitor.mutate("auth.updatePreferences", { locale: "ru" }, headers);

  expect(answer).toMatchObject({ status: 403, problem: { code: "origin_refused" } });
  expect((await visitor.query("auth.me")).data).toMatchObject({ locale: "en" });
});

test("a mutation that says nothing of where it comes from needs the browser's word for it", async () => {
  const post = (headers: Record<string, string>) =>
    server.app.request("/trpc/auth.signOut", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
    });

  expect((await post({})).status).toBe(403);
  expect((await post({ "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect((await post({ "sec-fetch-site": "same-origin" })).status).toBe(200);
});

test("a mutation cannot be asked for by a link", async () => {
  const visitor = browser();
  await visitor.signUp();
  const { status } = await visitor.query("auth.signOut");

  expect(status).toBe(405);
  expect((await visitor.query("auth.me")).data).not.toBeNull();
});

test("a body above 1 MB is refused", async () => {
  const body = JSON.stringify({ email: "x".repeat(1024 * 1024) });
  const { status, problem } = await browser().mutate("auth.signIn", JSON.parse(body));
  expect([status, problem]).toEqual([413, { code: "body_too_large", limit: 1024 * 1024 }]);
});

test("bad input arrives as a problem with field, rule and limit", async () => {
  const answer = await browser().mutate("auth.signUp", { email: "nobody", password: "short" });

  expect(answer.status).toBe(400);
  expect(answer.problem).toEqual({
    code: "invalid_input",
    issues: [
      { field: "email", rule: "invalid_format" },
      { field: "password", rule: "too_small", limit: 10 },
    ],
  });
});

test("a domain problem arrives with its code, its data and a fitting status", async () => {
  const visitor = browser();
  const answer = await visitor.mutate("auth.signIn", { email: "a@b.example", password: "wrong" });
  expect(answer).toMatchObject({ status: 401, problem: { code: "invalid_credentials" } });

  await visitor.signUp();
  const assetId = newId();
  const missing = await visitor.query("assets.get", { assetId });
  expect(missing).toMatchObject({ status: 404, problem: { code: "asset_not_found", assetId } });
});

test("a user's procedure without a session, or with one that has expired, is unauthenticated", async () => {
  const unauthenticated = { status: 401, problem: { code: "unauthenticated" } };
  expect(await browser().query("assets.list", {})).toMatchObject(unauthenticated);

  const visitor = browser();
  await visitor.signUp();
  await server.database.db.execute("update sessions set expires_at = now() - interval '1 second'");
  expect(await visitor.query("assets.list", {})).toMatchObject(unauthenticated);
  expect((await visitor.query("auth.me")).data).toBeNull();
});

test("an unexpected error tells the caller nothing and the log everything but the parameters", async () => {
  const { services } = server.opened;
  const visitor = browser();
  await visitor.signUp();
  const { createUploadPost } = services.storage;
  services.storage.createUploadPost = () => {
    const error = new Error("Failed query: select\nparams: secret@example.com,s3cr3t");
    return Promise.reject(error);
  };
  const input = { id: newId(), fileName: "a.png", contentType: "image/png", byteSize: 1 };
  const answer = await visitor.mutate("assets.createUpload", input);
  services.storage.createUploadPost = createUploadPost;

  expect(answer).toMatchObject({
    status: 500,
    problem: null,
    error: { message: "internal error" },
  });
  expect(JSON.stringify(answer.error)).not.toMatch(/Failed query|secret|stack/);
  const logged = server.log.filter((line) => line.includes("unexpected error"));
  expect(logged.at(-1)).toContain("Failed query: select");
  expect(logged.at(-1)).toContain(answer.headers.get("x-request-id"));
  expect(logged.join()).not.toMatch(/secret@example|s3cr3t/);
});

test("the log knows paths and times, no queries, cookies, addresses or passwords", async () => {
  const visitor = browser();
  const email = `${randomUUID()}@example.com`;
  await visitor.signUp(email);
  await server.app.request("/reset-password?token=the-secret-token");

  const log = server.log.join("\n");
  expect(log).toContain('"path":"/trpc/auth.signUp"');
  expect(log).toContain('"path":"/reset-password"');
  for (const secret of [email, "the-secret-token", "correct horse", visitor.cookie.split("=")[1]]) {
    expect(log).not.toContain(secret);
  }
});

test("an upload walks through the API, and nobody else sees it", async () => {
  const [owner, stranger] = [browser(), browser()];
  await owner.signUp();
  await stranger.signUp();
  const photo = await readFile(new URL("../../../fixtures/coffee.png", import.meta.url));
  const id = newId();
  const ticket = await owner.mutate("assets.createUpload", {
    id,
    fileName: "coffee.png",
    contentType: "image/png",
    byteSize: photo.byteLength,
  });
  const { url, fields } = ticket.data as { url: string; fields: Record<string, string> };
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set("file", new Blob([new Uint8Array(photo)], { type: "image/png" }));
  expect((await fetch(url, { method: "POST", body: form })).status).toBe(201);

  const input = { assetId: id };
  expect((await owner.mutate("assets.confirmUpload", input)).data).toMatchObject({ id });
  expect((await owner.query("assets.list", {})).data).toMatchObject({ items: [{ id }] });
  const notFound = { problem: { code: "asset_not_found", assetId: id } };
  expect(await stranger.query("assets.get", input)).toMatchObject(notFound);
  expect(await stranger.mutate("assets.confirmUpload", input)).toMatchObject(notFound);
  expect((await stranger.mutate("assets.delete", { assetIds: [id] })).data).toEqual({
    deleted: [],
  });
  expect((await stranger.query("assets.list", {})).data).toMatchObject({ items: [] });
});

test("answers of the API are never stored by anybody on the way", async () => {
  const { headers } = await browser().query("auth.me");
  expect(headers.get("cache-control")).toBe("no-store");
});

test("an unknown procedure and an unknown address of the API are not found", async () => {
  expect(await browser().query("nothing.here")).toMatchObject({
    status: 404,
    problem: { code: "not_found" },
  });
});

test("a batch of more than twenty calls is refused", async () => {
  const names = Array.from({ length: 21 }, () => "auth.me").join(",");
  const answer = await server.app.request(`/trpc/${names}?batch=1&input=%7B%7D`);
  expect(answer.status).toBe(400);
});
