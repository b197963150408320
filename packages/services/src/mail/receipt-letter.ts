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
    kinds: {
      pack: "Credits",
      plan: "Plan",
      top_up: "Automatic top-up",
      overage: "Use beyond the wallet",
    },
    what: "What for",
    paid: "Paid",
    when: "On",
    credits: "Credits",
    invoice: "See the invoice",
    billing: "See all payments",
    footer: "You get this letter because something was paid from your account.",
  },
  ru: {
    subject: (amount) => `Чек на ${amount}`,
    greeting: "Здравствуйте!",
    intro: "Спасибо. Оплата поступила, и всё, что за неё положено, уже в кошельке.",
    kinds: {
      pack: "Кредиты",
      plan: "Подписка",
      top_up: "Автопополнение",
      overage: "Расход сверх кошелька",
    },
    what: "За что",
    paid: "Оплачено",
    when: "Дата",
    credits: "Кредиты",
    invoice: "Открыть счёт",
    billing: "Все платежи",
    footer: "Вы получили это письмо, потому что с вашего аккаунта прошла оплата.",
  },
};

export function receiptLetter(message: BillingMessageOf<"receipt">, desk: LetterDesk): Letter {
  const { locale, timeZone, paidCents, paidAt, credits, invoiceUrl, productKind } = message;
  const text = words[locale];
  const reader = readerWords(locale, timeZone);
  const amount = reader.money(paidCents);
  return {
    subject: text.subject(amount),
    greeting: text.greeting,
    paragraphs: [text.intro],
    facts: [
      [text.what, desk.nameOf(message.productCode) ?? text.kinds[productKind]],
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
