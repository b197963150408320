import "@tintype/local-cloud/testing";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createS3Storage } from "./s3.ts";
import type { ObjectStorage } from "./storage.ts";

const ORIGIN = "https://studio.example";
const suffix = crypto.randomUUID();
const config = {
  ...inject("s3"),
  uploadsBucket: `uploads-${suffix}`,
  outputsBucket: `outputs-${suffix}`,
  forcePathStyle: true,
};
let storage: ObjectStorage;

beforeAll(async () => {
  storage = createS3Storage(config);
  await storage.ensureBuckets({ allowedOrigins: [ORIGIN] });
});
afterAll(() => storage.close());

const bytes = (text: string) => new TextEncoder().encode(text);
const write = (key: string, text: string) =>
  storage.write({ bucket: "uploads", key, bytes: bytes(text), contentType: "image/png" });

async function post(key: string, file: Uint8Array<ArrayBuffer>, over: Record<string, string> = {}) {
  const { url, fields } = await storage.createUploadPost({
    bucket: "uploads",
    key,
    contentType: "image/png",
    maxBytes: 10,
    expiresSeconds: 60,
  });
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, ...over })) form.set(name, value);
  form.set("file", new Blob([file], { type: "image/png" }), "photo.png");
  return fetch(url, { method: "POST", body: form, headers: { origin: ORIGIN } });
}

test("buckets can be ensured again, and by two processes at once", async () => {
  const fresh = { ...config, uploadsBucket: `u2-${suffix}`, outputsBucket: `o2-${suffix}` };
  const [one, two] = [createS3Storage(fresh), createS3Storage(fresh)];
  const ensure = (each: ObjectStorage) => each.ensureBuckets({ allowedOrigins: [ORIGIN] });

  await Promise.all([ensure(one), ensure(two)]);
  await ensure(one);
  await one.checkReachable();
  one.close();
  two.close();
});

test("what is written is read back, with its type and size", async () => {
  await write("a/b.png", "hello");

  const object = { bucket: "uploads", key: "a/b.png" } as const;
  expect(await storage.head(object)).toEqual({ byteSize: 5, contentType: "image/png" });
  expect(Buffer.from(await storage.read({ ...object, maxBytes: 5 })).toString()).toBe("hello");
});

test("reading more than allowed is refused, and a missing object has a name", async () => {
  await write("big.png", "0123456789");

  const read = (key: string) => storage.read({ bucket: "uploads", key, maxBytes: 9 });
  await expect(read("big.png")).rejects.toMatchObject({ reason: "too_large" });
  await expect(read("none.png")).rejects.toMatchObject({ reason: "not_found" });
  expect(await storage.head({ bucket: "uploads", key: "none.png" })).toBeNull();
});

test("a signed form takes the file from a page of our origin", async () => {
  const answer = await post("posted.png", bytes("12345"));

  expect(answer.status).toBe(201);
  expect(answer.headers.get("access-control-allow-origin")).toBe(ORIGIN);
  expect(await storage.head({ bucket: "uploads", key: "posted.png" })).toEqual({
    byteSize: 5,
    contentType: "image/png",
  });
});

test.each([
  ["a larger file", bytes("12345678901"), {}],
  ["an empty file", bytes(""), {}],
  ["another key", bytes("1"), { key: "somebody-else.png" }],
  ["another type", bytes("1"), { "Content-Type": "text/html" }],
])("a signed form refuses %s", async (name, file, over) => {
  const key = `refused/${name}`;
  const answer = await post(key, file, over);

  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(await storage.head({ bucket: "uploads", key })).toBeNull();
});

test("a signed address reads privately stored bytes, as a download when asked", async () => {
  await write("private.png", "secret");
  const object = { bucket: "uploads", key: "private.png", expiresSeconds: 3_600 } as const;

  const { url } = await storage.signedUrl(object);
  const answer = await fetch(url);
  expect([answer.status, await answer.text()]).toEqual([200, "secret"]);
  expect((await fetch(url.split("?")[0] ?? "")).status).toBe(403);

  const download = await storage.signedUrl({ ...object, downloadAs: 'кофе "1".png' });
  const disposition = (await fetch(download.url)).headers.get("content-disposition");
  expect(disposition).toContain("attachment;");
  expect(disposition).toContain(encodeURIComponent("кофе"));
});

test("an address stays the same for a quarter of an hour and is never good for longer than asked", async () => {
  let now = Date.UTC(2026, 0, 1, 12, 1);
  const clocked = createS3Storage({ ...config, now: () => now });
  const sign = () => clocked.signedUrl({ bucket: "outputs", key: "x.png", expiresSeconds: 3_600 });

  const first = await sign();
  now += 13 * 60_000;
  expect(await sign()).toEqual(first);
  expect(first.expiresAt).toEqual(new Date(Date.UTC(2026, 0, 1, 13, 0)));
  now += 60_000;
  expect((await sign()).url).not.toBe(first.url);
  clocked.close();
});

test("a form for an upload is dated and ends by the clock that is given, not by this machine's", async () => {
  const now = () => Date.UTC(2026, 0, 1, 12, 1);
  const clocked = createS3Storage({ ...config, now });
  const post = { bucket: "uploads", key: "f.png", contentType: "image/png" } as const;
  const { fields } = await clocked.createUploadPost({ ...post, maxBytes: 9, expiresSeconds: 60 });
  expect(fields["X-Amz-Date"]).toMatch(/^20260101T120[01]/);
  const policy = JSON.parse(Buffer.from(fields.Policy ?? "", "base64").toString()) as {
    expiration: string;
  };
  expect(Math.abs(Date.parse(policy.expiration) - now() - 60_000)).toBeLessThan(5_000);
  clocked.close();
});

test("deleting takes many at once, and what is already gone", async () => {
  await Promise.all([write("gone/1", "1"), write("gone/2", "2"), write("kept/1", "3")]);

  await storage.delete(
    ["gone/1", "gone/2", "gone/never"].map((key) => ({ bucket: "uploads", key })),
  );

  const left = [];
  for await (const { key } of storage.list({ bucket: "uploads", prefix: "gone/" })) left.push(key);
  expect(left).toEqual([]);
  const kept = [];
  for await (const each of storage.list({ bucket: "uploads", prefix: "kept/" })) kept.push(each);
  expect(kept).toMatchObject([{ key: "kept/1", byteSize: 1 }]);
});

test("a copy is the same file under another key, whatever the key holds", async () => {
  const key = "from/a b+ü%41.png";
  await write(key, "bytes");
  await storage.copy({ bucket: "uploads", key }, `trash/${key}`);

  const copied = { bucket: "uploads", key: `trash/${key}` } as const;
  expect(await storage.head(copied)).toEqual({ byteSize: 5, contentType: "image/png" });
  const missing = storage.copy({ bucket: "uploads", key: "none" }, "trash/none");
  await expect(missing).rejects.toMatchObject({ reason: "not_found" });
});

test("addresses for browsers carry the public endpoint", async () => {
  const publicEndpoint = "https://files.example";
  const facing = createS3Storage({ ...config, publicEndpoint });
  const object = { bucket: "uploads", key: "k", expiresSeconds: 60 } as const;

  const { url } = await facing.signedUrl(object);
  const form = await facing.createUploadPost({ ...object, contentType: "image/png", maxBytes: 1 });
  expect([new URL(url).origin, new URL(form.url).origin]).toEqual([publicEndpoint, publicEndpoint]);
  facing.close();
});

test("a store that is down fails within seconds", async () => {
  const down = createS3Storage({ ...config, endpoint: "http://127.0.0.1:1" });
  await expect(down.checkReachable()).rejects.toThrow();
  down.close();
});

test("a store that falls silent in the middle of a file is an error, not an endless wait", async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write("the beginning");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const silent = createS3Storage({
    ...inject("s3"),
    endpoint: `http://127.0.0.1:${port}`,
    uploadsBucket: "uploads",
    outputsBucket: "outputs",
    forcePathStyle: true,
    silenceMs: 200,
  });

  const reading = silent.read({ bucket: "uploads", key: "photo", maxBytes: 1_000 });
  await expect(reading).rejects.toThrow(/timed out|aborted/);

  silent.close();
  server.closeAllConnections();
  server.close();
});
