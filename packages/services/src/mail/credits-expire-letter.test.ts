import { expect, test } from "vitest";
import { creditsExpireLetter } from "./credits-expire-letter.ts";
import { renderHtml, renderText } from "./layout.ts";
import type { CreditsExpireMessage } from "./messages.ts";

const urls = {
  wallet: "https://s.example/wallet",
  settings: "https://s.example/settings",
  stopLetters: null,
};
const letter = (
  expiring: CreditsExpireMessage["expiring"],
  { locale = "en", timeZone = "UTC" }: Partial<CreditsExpireMessage> = {},
) =>
  creditsExpireLetter(
    { kind: "credits_expire", userId: "u", to: "u@example.com", locale, timeZone, expiring },
    urls,
  );
const one = { credits: 1, expiresAt: "2026-12-21T23:30:00Z" };
const many = { credits: 1_802, expiresAt: "2026-12-24T08:30:00Z" };

test.each([
  ["en", [one], "1 credit will expire on December 21, 2026"],
  ["en", [one, many], "1,803 credits will expire soon, the first on December 21, 2026"],
  ["ru", [one], "1 кредит: срок истекает 21 декабря 2026"],
  ["ru", [many], "1 802 кредита: срок истекает 24 декабря 2026"],
  ["ru", [{ ...one, credits: 5 }], "5 кредитов: срок истекает 21 декабря 2026"],
] as const)("the subject counts and dates in %s: %j", (locale, expiring, subject) => {
  expect(letter([...expiring], { locale }).subject.replaceAll(/\s/g, " ")).toBe(subject);
});

test("the day is the reader's: half past eleven in the evening by Greenwich is the next day in Berlin", () => {
  const { subject, paragraphs } = letter([one], { timeZone: "Europe/Berlin" });
  expect(subject).toContain("December 22");
  expect(paragraphs.join(" ")).toContain("12:30");
});

test("a wallet of many small grants makes a short letter, and nothing is left uncounted", () => {
  const grants = Array.from({ length: 40 }, (_, day) => ({
    credits: 2,
    expiresAt: new Date(Date.UTC(2026, 0, 1 + day)).toISOString(),
  }));
  const { subject, paragraphs } = letter(grants);
  expect(subject).toContain("80 credits");
  expect(paragraphs.length).toBeLessThan(20);
  expect(paragraphs.join(" ")).toContain("and 56 credits more");
});

test("both bodies lead to the wallet and to the switch that ends these letters", () => {
  for (const body of [renderHtml(letter([one]), "en"), renderText(letter([one]))]) {
    expect(body).toContain(urls.wallet);
    expect(body).toContain(urls.settings);
  }
});
