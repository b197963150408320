import type { Locale } from "@tintype/core/auth";
import type { PaymentKind } from "@tintype/core/billing";
import type { Letter } from "./layout.ts";
import type { LetterDesk } from "./letter-desk.ts";
import type { BillingMessageOf } from "./messages.ts";
import { readerWords } from "./reader-words.ts";

type Words = {
  subject: (amount: string) => string;
  greeting: string;
  intro: string;
  /** Of what was used before it was paid: it brings nothing. */
  introOverage: string;
  /** For a purchase that nobody stood by: which it was, and what to do about it. */
  byItself: (what: string) => string;
  /** For what has no name in the catalogue. */
  kinds: Record<PaymentKind, string>;
  what: string;
  paid: string;
  when: string;
  credits: string;
  invoice: string;
  billing: string;
  footer: string;
};

const words: Record<Locale, Words> = {
  en: {
    subject: (amount) => `Your receipt for ${amount}`,
    greeting: "Hello,",
    intro: "thank you. Your payment has arrived, and what it brings is in your wallet.",
    introOverage: "thank you. Your payment for what went beyond your wallet has arrived.",
    byItself: (what) =>
      `This was an automatic purchase of ${what}: your balance had fallen below your mark. Mark and monthly limit are among your limits in billing.`,
    kinds: {
      pack: "Credits",
      plan: "Plan",
      top_up: "Automatic purchase",
      overage: "Use beyond the wallet",
    },
    what: "What for",
    paid: "Paid",
    when: "On",
    credits: "Brought",
    invoice: "See the receipt",
    billing: "See all payments",
    footer: "You get this letter because something was paid from your account.",
  },
  ru: {
    subject: (amount) => `Чек на ${amount}`,
    greeting: "Здравствуйте!",
    intro: "Спасибо. Оплата поступила, и всё, что за неё положено, уже в кошельке.",
    introOverage: "Спасибо. Оплата за расход сверх кошелька поступила.",
    byItself: (what) =>
      `Это автоматическая покупка: ${what}. Баланс опустился ниже вашей отметки. Отметка и месячный лимит — в лимитах на странице оплаты.`,
    kinds: {
      pack: "Кредиты",
      plan: "Тариф",
      top_up: "Автопокупка",
      overage: "Расход сверх кошелька",
    },
    what: "За что",
    paid: "Оплачено",
    when: "Дата",
    credits: "Зачислено",
    invoice: "Открыть чек",
    billing: "Все платежи",
    footer: "Вы получили это письмо, потому что с вашего аккаунта прошла оплата.",
  },
};

export function receiptLetter(message: BillingMessageOf<"receipt">, desk: LetterDesk): Letter {
  const { locale, timeZone, paidCents, paidAt, credits, invoiceUrl, productKind } = message;
  const text = words[locale];
  const reader = readerWords(locale, timeZone);
  const amount = reader.money(paidCents);
  const what = desk.nameOf(message.productCode) ?? text.kinds[productKind];
  return {
    subject: text.subject(amount),
    greeting: text.greeting,
    paragraphs: [
      productKind === "overage" ? text.introOverage : text.intro,
      ...(productKind === "top_up" ? [text.byItself(what)] : []),
    ],
    facts: [
      [text.what, what],
      [text.paid, amount],
      [text.when, reader.day(paidAt)],
      ...(credits > 0 ? [[text.credits, reader.credits(credits)] as const] : []),
    ],
    action:
      invoiceUrl === null
        ? { label: text.billing, url: desk.pages.billing }
        : { label: text.invoice, url: invoiceUrl },
    footer: text.footer,
  };
}
