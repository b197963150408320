import { locales } from "@tintype/core/auth";
import type { BillingNews } from "@tintype/core/billing-news";
import { cataloguePresets } from "@tintype/core/catalogue-presets";
import { expect, test } from "vitest";
import { renderHtml, renderText } from "./layout.ts";
import type { LetterDesk } from "./letter-desk.ts";
import type { BillingMessage } from "./messages.ts";
import { productName } from "./product-name.ts";
import { welcomeLetter } from "./welcome-letter.ts";
import { billingLetter } from "./write-letter.ts";

const desk: LetterDesk = {
  nameOf: (code) => (code === null ? null : `The ${code}`),
  pages: {
    studio: "https://s.example/studio",
    wallet: "https://s.example/wallet",
    billing: "https://s.example/billing",
    settings: "https://s.example/settings",
    stopLetters: "https://s.example/unsubscribe?reader=u",
  },
};
const LATE = "2026-06-30T23:30:00Z";
const payment = {
  productKind: "pack",
  ...{ productCode: "pack", paidCents: 1_000, paidAt: LATE },
} as const;
const plan = { kind: "plan", planCode: "pro", otherPlanCode: "max", periodEnd: LATE } as const;
const receipt: Extract<BillingNews, { kind: "receipt" }> = {
  ...{
    kind: "receipt",
    productKind: "pack",
    credits: 500,
    paymentReference: "pi_1",
    invoiceUrl: null,
  },
  ...payment,
};

const lastAttempt = {
  kind: "payment_failed",
  amountDueCents: 1_900,
  ...{ attempts: 4, nextAttemptAt: null, payUrl: null },
} as const;

/** One of everything there is to tell. */
const all: BillingNews[] = [
  receipt,
  { ...receipt, productKind: "overage", productCode: null, credits: 0 },
  {
    ...{ kind: "payment_failed", amountDueCents: 1_900, attempts: 1, isPlan: true },
    ...{ nextAttemptAt: LATE, payUrl: "https://pay.example/1" },
  },
  { ...lastAttempt, isPlan: true },
  { ...lastAttempt, isPlan: false },
  { kind: "payment_processing", amountDueCents: 1_900 },
  { kind: "renewal", planCode: "pro", credits: 500, rolledOverCredits: 21, expiresAt: LATE },
  { kind: "renewal", planCode: "pro", credits: 500, rolledOverCredits: 0, expiresAt: LATE },
  { kind: "refund", refundedCents: 624, refundedInAllCents: 624, ...payment },
  { kind: "refund", refundedCents: 100, refundedInAllCents: 724, ...payment },
  { kind: "refund_failed", failedCents: 624, ...payment },
  { kind: "dispute_opened", disputedCents: 1_000, ...payment },
  ...(["won", "lost"] as const).flatMap((outcome) =>
    [false, true].map((isStillDisputed) => ({
      ...{ kind: "dispute_closed" as const, disputedCents: 1_000, outcome, isStillDisputed },
      ...payment,
    })),
  ),
  ...(
    ["switched", "switch_planned", "end_planned", "kept", "paused", "unpaused", "ended"] as const
  ).map((change) => ({ ...plan, change })),
];
const letterOf = (news: BillingNews, over: Partial<BillingMessage> = {}) =>
  billingLetter(
    {
      ...{ userId: "u", to: "u@example.com", locale: "en", timeZone: "UTC" },
      ...news,
      ...over,
    } as BillingMessage,
    desk,
  );
const plain = (text: string) => text.replaceAll(/\s/g, " ");

test.each(locales)(
  "every letter is complete in %s: nothing undefined, both bodies, one link",
  (locale) => {
    const subjects = new Set<string>();
    for (const news of all) {
      const letter = letterOf(news, { locale });
      subjects.add(letter.subject);
      for (const body of [letter.subject, renderHtml(letter, locale), renderText(letter)]) {
        expect(body).not.toMatch(/undefined|null|NaN|Invalid|\[object|\.\.|г\.,/);
      }
      expect(renderHtml(letter, "en")).toContain(`href="${letter.action.url}"`);
      expect(renderText(letter)).toContain(letter.action.url);
      for (const [label, value] of letter.facts ?? []) {
        expect(renderText(letter)).toContain(`${label}: ${value}`);
      }
      // A letter in Russian that has an English sentence in it was not translated.
      if (locale === "ru") expect(letter.paragraphs.join(" ")).not.toMatch(/[a-z]{3,} [a-z]{3,}/);
    }
    expect(subjects.size).toBeGreaterThan(13);
  },
);

test("sums in the reader's language, days in the reader's time zone", () => {
  const english = letterOf(receipt);
  expect(english.subject).toBe("Your receipt for $10.00");
  expect(english.facts).toContainEqual(["On", "June 30, 2026"]);
  const russian = letterOf(receipt, { locale: "ru", timeZone: "Asia/Vladivostok" });
  expect(plain(russian.subject)).toBe("Чек на 10,00 $");
  expect(plain(JSON.stringify(russian.facts))).toContain("1 июля 2026");
  expect(plain(JSON.stringify(russian.facts))).toContain("500 кредитов");
});

test("a failed payment says what happens next and when, and where to pay", () => {
  const [, , again, last] = all;
  if (!again || !last) throw new Error("both are in the list");
  const letter = letterOf(again);
  expect(letter.paragraphs.join(" ")).toContain("tried again on June 30, 2026");
  expect(letter.action.url).toBe("https://pay.example/1");
  expect(letterOf(last).paragraphs.join(" ")).toContain("ends the plan");
  expect(letterOf(last).action.url).toBe("https://s.example/billing");
});

test("a dispute that is won while another one is open promises no credits yet", () => {
  const won = { kind: "dispute_closed", disputedCents: 300, outcome: "won", ...payment } as const;
  expect(letterOf({ ...won, isStillDisputed: false }).paragraphs.join(" ")).toContain("used again");
  const still = letterOf({ ...won, isStillDisputed: true });
  expect([still.subject, ...still.paragraphs].join(" ")).not.toMatch(/used again|credits are back/);
  expect(still.paragraphs.join(" ")).toContain("Another dispute");
});

test("what was used beyond the wallet brings no credits, ends no plan, and takes none with its refund", () => {
  const overage = { productKind: "overage", productCode: null } as const;
  const words = (news: BillingNews) => letterOf(news).paragraphs.join(" ");
  expect(words({ ...receipt, ...overage, credits: 0 })).not.toContain("in your wallet");
  const unpaid = words({ ...lastAttempt, isPlan: false });
  expect(unpaid).toContain("jobs use the wallet only");
  expect(unpaid).not.toContain("plan");
  const refund = { kind: "refund", refundedCents: 10, refundedInAllCents: 10, ...payment } as const;
  expect(words(refund)).toContain("have left your wallet");
  expect(words({ ...refund, ...overage })).not.toContain("wallet");
});

test("an automatic purchase says that it was one, and where it is turned off", () => {
  const bought = letterOf({ ...receipt, productKind: "top_up" });
  expect(bought.paragraphs.join(" ")).toContain("automatic purchase of The pack");
  expect(bought.action.url).toBe("https://s.example/billing");
});

test("only the letters one can do without have a way out of them", () => {
  for (const news of all) {
    const wayOut = letterOf(news).unsubscribe;
    expect(wayOut?.isOneClick, news.kind).toBe(news.kind === "renewal" ? true : undefined);
  }
  const to = { kind: "welcome", userId: "u", to: "u@example.com", locale: "en" } as const;
  const welcome = welcomeLetter({ ...to, credits: 1 }, desk);
  // It comes once: there is nothing to stop.
  expect(welcome.unsubscribe).toMatchObject({
    ...{ url: "https://s.example/settings", isOneClick: false },
  });
  expect(welcome.paragraphs.join(" ")).toContain("1 credit in");
  expect(welcomeLetter({ ...to, credits: 0 }, desk).paragraphs).toHaveLength(2);
});

test("every pack of the presets has a name in Russian, and what an operator calls his is left alone", () => {
  const packs = Object.values(cataloguePresets).flatMap((preset) => preset.packs);
  for (const { name } of packs) expect(productName("ru", name), name).toMatch(/[а-я]/);
  for (const { name } of packs) expect(productName("en", name)).toBe(name);
  expect(productName("ru", "Bag of gold")).toBe("Bag of gold");
});

test("what people have typed into names does not become markup", () => {
  const letter = billingLetter(
    { ...{ userId: "u", to: "u@example.com", locale: "en", timeZone: "UTC" }, ...receipt },
    { ...desk, nameOf: () => `<img src=x onerror="alert(1)">` },
  );
  expect(renderHtml(letter, "en")).not.toContain("<img");
});
