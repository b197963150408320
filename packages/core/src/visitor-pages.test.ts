import { describe, expect, test } from "vitest";
import {
  localeCookie,
  localeOfBrowser,
  localeOfCookies,
  localeOfReader,
  visitorPageOf,
} from "./visitor-pages.ts";

/** Of this much of `URL` the pages know. */
function address(text: string) {
  const [pathname = "", search = ""] = text.split("?", 2);
  const pairs = new Map(search.split("&").map((pair) => pair.split("=", 2) as [string, string]));
  return {
    pathname,
    searchParams: {
      has: (key: string) => pairs.has(key),
      get: (key: string) => pairs.get(key) ?? null,
    },
  };
}

test.each([
  ["/", "landing"],
  ["/?lang=ru", "landing"],
  ["/pricing", "pricing"],
  ["/pricing/", "pricing"],
  ["/sign-in?from=/wallet", "sign-in"],
  ["/sign-in?from=/wallet&expired=true", "sign-in-again"],
  ["/sign-up", "sign-up"],
  ["/invite/ABC", "invite"],
  ["/forgot-password", "forgot-password"],
  ["/reset-password?token=x", "reset-password"],
])("%s is the page %s", (text, page) => {
  expect(visitorPageOf(address(text))).toBe(page);
});

test.each([
  "/studio",
  "/invite",
  "/invite/",
  "/invite/a/b",
  "/landing",
  "/sign-in-again",
  "/pricing/x",
  "//",
])("%s is no page of visitors", (text) => {
  expect(visitorPageOf(address(text))).toBeNull();
});

describe("the language of a reader", () => {
  test.each([
    ["ru", "ru"],
    ["ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", "ru"],
    ["en-US,en;q=0.9,ru;q=0.8", "en"],
    ["de-DE,de;q=0.9,ru;q=0.5,en;q=0.4", "ru"],
    ["en;q=0.4, ru;q=0.5", "ru"],
    ["ru;q=0,en;q=0.1", "en"],
    ["fr", "en"],
    ["*", "en"],
    ["", "en"],
    [";;q=,,", "en"],
  ])("who prefers %j reads %s", (accepted, locale) => {
    expect(localeOfBrowser(accepted)).toBe(locale);
  });

  test("what was chosen before comes first, and what the address asks for before that", () => {
    const reader = { url: address("/"), cookies: "", acceptLanguage: "en" };
    const cookies = `a=b; ${localeCookie("ru").split(";")[0]}; c=d`;
    expect(localeOfReader(reader)).toBe("en");
    expect(localeOfReader({ ...reader, cookies })).toBe("ru");
    expect(localeOfReader({ ...reader, cookies, url: address("/?lang=en") })).toBe("en");
    expect(localeOfReader({ ...reader, cookies, url: address("/?lang=xx") })).toBe("ru");
  });

  test("a cookie of another name or value is none", () => {
    expect(localeOfCookies("xtintype.locale=ru; tintype.locale=de")).toBeNull();
    expect(localeOfCookies("")).toBeNull();
  });
});
