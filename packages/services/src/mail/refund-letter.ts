import type { Locale } from "@tintype/core/auth";
import type { Letter } from "./layout.ts";
import type { LetterDesk } from "./letter-desk.ts";
import type { BillingMessageOf } from "./messages.ts";
import { readerWords } from "./reader-words.ts";

type Words = {
  subject: (amount: string) => string;
  greeting: string;
  intro: (amount: string) => string;
  credits: string;
  what: string;
  payment: (amount: string, day: string) => string;
  now: string;
  inAll: string;
  label: string;
  footer: string;
};

const words: Record<Locale, Words> = {
  en: {
    subject: (amount) => `${amount} refunded`,
    greeting: "Hello,",
    intro: (amount) =>
      `${amount} is on the way back to the card it came from. Banks show it within five to ten days.`,
    credits:
      "The credits of what was refunded have left your wallet, and what had been used of them already is owed; the history lists them one by one.",
    what: "Payment",
    payment: (amount, day) => `${amount} on ${day}`,
    now: "Refunded now",
    inAll: "Refunded in all",
    label: "See all payments",
    footer: "You get this letter because a payment of your account was refunded.",
  },
  ru: {
    subject: (amount) => `Возврат ${amount}`,
    greeting: "Здравствуйте!",
    intro: (amount) =>
      `${amount} возвращаются на карту, с которой пришла оплата. Банки показывают возврат за 5–10 дней.`,
    credits:
      "Кредиты за возвращённую сумму списаны из кошелька, а уже потраченные из них стали долгом; в истории они перечислены по строкам.",
    what: "Платёж",
    payment: (amount, day) => `${amount}, ${day}`,
    now: "Возвращено сейчас",
    inAll: "Возвращено всего",
    label: "Все платежи",
    footer: "Вы получили это письмо, потому что платёж вашего аккаунта возвращён.",
  },
};

export function refundLetter(message: BillingMessageOf<"refund">, { pages }: LetterDesk): Letter {
  const { locale, timeZone, refundedCents, refundedInAllCents, paidCents, paidAt, productKind } =
    message;
  const text = words[locale];
  const { money, day } = readerWords(locale, timeZone);
  const amount = money(refundedCents);
  return {
    subject: text.subject(amount),
    greeting: text.greeting,
    // What was used beyond the wallet had brought no credits that could go.
    paragraphs: [text.intro(amount), ...(productKind === "overage" ? [] : [text.credits])],
    facts: [
      [text.what, text.payment(money(paidCents), day(paidAt))],
      [text.now, amount],
      ...(refundedInAllCents === refundedCents
        ? []
        : [[text.inAll, money(refundedInAllCents)] as const]),
    ],
    action: { label: text.label, url: pages.billing },
    footer: text.footer,
  };
}
