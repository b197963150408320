import { catalogueState } from "@tintype/db/schema";
import { createLogger } from "@tintype/integrations/process/logger";
import { expect, test, vi } from "vitest";
import { createApp } from "./app.ts";
import { createMetrics } from "./metrics.ts";
import { ORIGIN, TestBrowser, useTestServer } from "./testing.ts";

const server = useTestServer();
const get = (path: string, headers: Record<string, string> = {}, { app } = server) =>
  app.request(path, { headers });
const textOf = async (...request: Parameters<typeof get>) => (await get(...request)).text();

test("a visitor gets the document of the page, in the language of their browser or of their choice", async () => {
  const ru = { "accept-language": "ru-RU,ru;q=0.9" };
  expect(await textOf("/sign-in")).toBe("built sign-in en");
  expect(await textOf("/sign-in", ru)).toBe("built sign-in ru");
  expect(await textOf("/sign-in", { ...ru, cookie: "tintype.locale=en" })).toBe("built sign-in en");
  expect(await textOf("/sign-in?from=/wallet&expired=true")).toBe("built sign-in-again en");
  expect(await textOf("/reset-password?token=x", ru)).toBe("built reset-password ru");
  const { headers } = await get("/sign-in", ru);
  expect(headers.get("content-type")).toContain("text/html");
  expect(headers.get("content-language")).toBe("ru");
  // What one reader was sent is not for the next one.
  expect(headers.get("vary")).toBe("Cookie, Accept-Language, Accept-Encoding");
  expect(headers.get("cache-control")).toBe("no-cache");
});

test("an address that asks for a language is answered in it, and so is what comes after", async () => {
  const answer = await get("/pricing?lang=ru", { cookie: "tintype.locale=en" });
  expect(await answer.text()).toContain("drawn pricing ru");
  expect(answer.headers.get("set-cookie")).toContain("tintype.locale=ru; Path=/");
  expect((await get("/pricing?lang=xx")).headers.get("set-cookie")).toBeNull();
});

test("search engines are told one address of each page, and where it is in each language", async () => {
  const linksOf = async (path: string) => (await get(path)).headers.get("link")?.split(", ");
  expect(await linksOf("/invite/ABC")).toEqual([
    `<${ORIGIN}/sign-up>; rel="canonical"`,
    `<${ORIGIN}/sign-up?lang=en>; rel="alternate"; hreflang="en"`,
    `<${ORIGIN}/sign-up?lang=ru>; rel="alternate"; hreflang="ru"`,
    `<${ORIGIN}/sign-up>; rel="alternate"; hreflang="x-default"`,
  ]);
  expect((await linksOf("/?lang=ru"))?.[0]).toBe(`<${ORIGIN}/?lang=ru>; rel="canonical"`);
});

test("a page that was kept is asked about and not sent again, until it changes", async () => {
  const first = await get("/", { "accept-encoding": "br" });
  const etag = first.headers.get("etag") ?? "";
  expect(etag).toMatch(/^"[\w-]{22}-br"$/);
  const again = await get("/", { "accept-encoding": "br", "if-none-match": etag });
  expect([again.status, again.headers.get("etag"), await again.text()]).toEqual([304, etag, ""]);
  expect(again.headers.get("vary")).toContain("Cookie");
  expect((await get("/", { "if-none-match": etag })).status).toBe(200);
  expect((await get("/?lang=ru", { "accept-encoding": "br", "if-none-match": etag })).status).toBe(
    200,
  );
});

test.each([
  ["br;q=0, gzip", "gzip"],
  ["gzip, deflate, br, zstd", "br"],
  ["deflate", null],
])("a browser that takes %j is sent %s", async (accepted, encoding) => {
  const answer = await get("/sign-in", { "accept-encoding": accepted });
  expect(answer.headers.get("content-encoding")).toBe(encoding);
});

test("a member is sent on to their work, and sees prices as members do", async () => {
  const browser = new TestBrowser(server.app);
  await browser.signUp();
  const { cookie } = browser;
  for (const path of [
    "/",
    "/sign-in?from=/wallet",
    "/sign-up",
    "/invite/ABC",
    "/forgot-password",
  ]) {
    const answer = await get(path, { cookie });
    expect([answer.status, answer.headers.get("location")], path).toEqual([302, "/studio"]);
    expect(answer.headers.get("vary")).toContain("Cookie");
  }
  const pricing = await get("/pricing", { cookie });
  expect(await pricing.text()).toBe("app app en");
  expect(pricing.headers.get("vary")).toContain("Cookie");
  // The language is the account's.
  await browser.mutate("auth.updatePreferences", { locale: "ru" });
  const russian = { cookie, "accept-language": "en" };
  expect(await textOf("/studio", russian)).toBe("app studio ru");
  expect(await textOf("/wallet/receipts/1", russian)).toBe("app app ru");
  // A session that has ended is none.
  await browser.mutate("auth.signOut");
  expect(await textOf("/", { cookie })).toContain("drawn landing en");
  expect(await textOf("/studio", { cookie })).toBe("<!doctype html><title>Tintype</title>");
});

test("a page that shows prices shows those of the catalogue, and new ones once they are changed", async () => {
  const now = vi.spyOn(performance, "now");
  try {
    expect(await textOf("/")).toBe("template of drawn landing en 10");
    const before = await get("/pricing");
    await server.database.db.update(catalogueState).set({ welcomeCredits: 77 });
    now.mockReturnValue(performance.now() + 11_000);
    expect(await textOf("/")).toBe("template of drawn landing en 77");
    const after = await get("/pricing", { "if-none-match": before.headers.get("etag") ?? "" });
    expect([after.status, await after.text()]).toEqual([200, "template of drawn pricing en 77"]);
  } finally {
    now.mockRestore();
    await server.database.db.update(catalogueState).set({ welcomeCredits: 10 });
  }
});

test("while the database is away visitors get their pages, which ask for the prices themselves", async () => {
  const away = new Proxy({} as typeof server.opened.services.db, {
    get: () => {
      throw new Error("the database is away");
    },
  });
  const sessions = { ...server.opened.services.sessions, find: () => Promise.reject(new Error()) };
  const app = createApp({
    env: server.env,
    services: { ...server.opened.services, db: away, sessions },
    logger: createLogger("server", "info", { write: () => undefined }),
    metrics: createMetrics(),
  });
  const cookie = "tintype_session=whoever";
  expect(await textOf("/pricing", { cookie }, { ...server, app })).toBe("built pricing en");
  expect(await textOf("/sign-in", { cookie }, { ...server, app })).toBe("built sign-in en");
});

test("a form that was sent without the page's code leads back to the page, and is not read", async () => {
  const answer = await server.app.request("/sign-in?from=/wallet", {
    method: "POST",
    headers: { origin: "null", "content-type": "application/x-www-form-urlencoded" },
    body: "email=a%40example.com&password=secret-secret",
  });
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/sign-in"]);
  expect(server.log.join()).not.toContain("secret-secret");
  expect(
    (await server.app.request("/studio", { method: "POST", headers: { origin: ORIGIN } })).status,
  ).toBe(404);
});
