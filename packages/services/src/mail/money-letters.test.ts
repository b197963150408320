import { expect, test } from "vitest";
import { renderHtml, renderText } from "./layout.ts";
import { lowBalanceLetter } from "./low-balance-letter.ts";
import { overageAlertLetter } from "./overage-alert-letter.ts";
import { topUpDeclinedLetter } from "./top-up-declined-letter.ts";

const urls = {
  billing: "https://s.example/billing",
  settings: "https://s.example/settings",
  stopLetters: null,
};
const to = { userId: "u", to: "u@example.com" };
const plain = (text: string) => text.replaceAll(/\s/g, " ");

test.each([
  ["en", 50, "50% of your limit beyond the wallet is used", "$5.00 of $10.00"],
  ["en", 100, "Your limit beyond the wallet is reached", "$5.00 of $10.00"],
  ["ru", 80, "Использовано 80 % лимита сверх кошелька", "5,00 $ из 10,00 $"],
  ["ru", 100, "Лимит расходов сверх кошелька исчерпан", "5,00 $ из 10,00 $"],
] as const)("overage in %s at %i %%: %s", (locale, percent, subject, amounts) => {
  const message = { kind: "overage_alert", ...to, locale, percent, usedCents: 500 } as const;
  const letter = overageAlertLetter({ ...message, limitCents: 1_000 }, urls);
  expect(letter.subject).toBe(subject);
  for (const body of [renderHtml(letter, "en"), renderText(letter)]) {
    expect(plain(body)).toContain(amounts);
    expect(body).toContain(urls.billing);
    expect(body).toContain(urls.settings);
  }
});

test.each([
  ["en", 0, "Your wallet is empty"],
  ["en", 1, "1 credit left in your wallet"],
  ["ru", 0, "Кошелёк пуст"],
  ["ru", 1, "В кошельке осталось: 1 кредит"],
  ["ru", 3, "В кошельке осталось: 3 кредита"],
  ["ru", 5, "В кошельке осталось: 5 кредитов"],
] as const)("low balance in %s with %i left: %s", (locale, available, subject) => {
  const letter = lowBalanceLetter({ kind: "low_balance", ...to, locale, available }, urls);
  expect(letter.subject).toBe(subject);
  expect(renderText(letter)).toContain(urls.settings);
});

test.each([
  ["en", "card_declined", "Your bank declined the card."],
  ["en", "authentication_required", "confirm the payment yourself"],
  ["en", "no_payment_method", "No card is saved"],
  ["ru", "card_declined", "Банк отклонил карту."],
] as const)("a declined purchase in %s says why: %s", (locale, reason, words) => {
  const message = { kind: "top_up_declined", ...to, locale, reason, priceCents: 1_900 } as const;
  const letter = topUpDeclinedLetter(message, urls.billing);
  expect(renderText(letter)).toContain(words);
  expect(plain(renderHtml(letter, "en"))).toMatch(/\$19\.00|19,00 \$/);
  expect(letter.unsubscribe, "about money that was asked for").toBeUndefined();
});
