import { expect, test } from "vitest";
import { TestBrowser, useTestServer } from "./testing.ts";

const server = useTestServer();
const download = (cookie: string, search = "") =>
  server.app.request(`/export/credits.csv${search}`, { headers: { cookie } });

async function signedUp(): Promise<TestBrowser> {
  const browser = new TestBrowser(server.app);
  await browser.signUp();
  return browser;
}

test("the history comes as a file with a date in its name, which no cache keeps", async () => {
  const { cookie } = await signedUp();
  const answer = await download(cookie);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toContain("text/csv; charset=utf-8");
  expect(answer.headers.get("content-disposition")).toMatch(
    /^attachment; filename="tintype-credits-\d{4}-\d\d-\d\d\.csv"$/,
  );
  expect(answer.headers.get("cache-control")).toBe("no-store");
  const [header, first, ...rest] = (await answer.text()).split("\r\n");
  expect(header).toContain("What happened,Change of available credits");
  expect(first).toMatch(/^1,[^,]+,Credits received,10,0,10,0,0,Welcome gift,/);
  expect(rest).toEqual([""]);
});

test("a visitor is refused in words", async () => {
  for (const cookie of ["", "__Host-tintype_session=made-up"]) {
    const answer = await download(cookie);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([
      401,
      "text/plain; charset=UTF-8",
    ]);
    expect(await answer.text()).toContain("Sign in first");
    expect(answer.headers.get("content-disposition")).toBeNull();
  }
});

test("the file has what the filter lets through, and nobody else's lines", async () => {
  await signedUp();
  const { cookie } = await signedUp();
  const linesOf = async (search: string) =>
    (await (await download(cookie, search)).text()).trimEnd().split("\r\n").length - 1;
  expect(await linesOf("?show=added")).toBe(1);
  expect(await linesOf("?show=spent")).toBe(0);
  expect(await linesOf("?from=2020-01-01T00:00:00Z&to=2021-01-01T00:00:00Z")).toBe(0);
});

test.each(["?show=everything", "?from=yesterday", "?to=2026-13-01T00:00:00Z"])(
  "a filter that makes no sense is refused in words: %s",
  async (search) => {
    const { cookie } = await signedUp();
    const answer = await download(cookie, search);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(/^This filter cannot be used\. Check: (show|from|to)\.$/m);
  },
);

test("a database that fails before the first line is an error, not half a file", async () => {
  const { cookie } = await signedUp();
  expect((await download(cookie)).status).toBe(200);
  const { services } = server.opened;
  const { db } = services;
  const broken = new Proxy(db, {
    get: (target, key) =>
      key === "transaction"
        ? () => Promise.reject(new Error("connection lost"))
        : Reflect.get(target, key),
  });
  Object.assign(services, { db: broken });
  try {
    expect((await download(cookie)).status).toBe(500);
  } finally {
    Object.assign(services, { db });
  }
});
