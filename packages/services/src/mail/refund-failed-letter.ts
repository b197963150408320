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
  again: string;
  what: string;
  payment: (amount: string, day: string) => string;
  failed: string;
  label: string;
  footer: string;
};

const words: Record<Locale, Words> = {
  en: {
    subject: (amount) => `Your refund of ${amount} could not be paid out`,
    greeting: "Hello,",
    intro: (amount) =>
      `your bank did not take the refund of ${amount} and sent the money back to us.`,
    credits:
      "So the payment stands again, and the credits that had left your wallet for it are back.",
    again:
      "This mostly happens when a card was closed or replaced. Answer this letter, and we find another way.",
    what: "Payment",
    payment: (amount, day) => `${amount} on ${day}`,
    failed: "Sent back",
    label: "See all payments",
    footer: "You get this letter because a refund to your account has failed.",
  },
  ru: {
    subject: (amount) => `Возврат ${amount} не удался`,
    greeting: "Здравствуйте!",
    intro: (amount) => `Ваш банк не принял возврат ${amount} и прислал деньги обратно нам.`,
    credits: "Поэтому платёж снова в силе, а кредиты, списанные за него из кошелька, вернулись.",
    again:
      "Чаще всего так бывает, когда карта закрыта или заменена. Ответьте на это письмо, и мы найдём другой способ.",
    what: "Платёж",
    payment: (amount, day) => `${amount}, ${day}`,
    failed: "Вернулось к нам",
    label: "Все платежи",
    footer: "Вы получили это письмо, потому что возврат на ваш счёт не удался.",
  },
};

/** Takes back what the letter about the refund has promised. */
export function refundFailedLetter(
  {
    locale,
    timeZone,
    failedCents,
    paidCents,
    paidAt,
    productKind,
  }: BillingMessageOf<"refund_failed">,
  { pages }: LetterDesk,
): Letter {
  const text = words[locale];
  const { money, day } = readerWords(locale, timeZone);
  const amount = money(failedCents);
  return {
    subject: text.subject(amount),
    greeting: text.greeting,
    paragraphs: [
      text.intro(amount),
      ...(productKind === "overage" ? [] : [text.credits]),
      text.again,
    ],
    facts: [
      [text.what, text.payment(money(paidCents), day(paidAt))],
      [text.failed, amount],
    ],
    action: { label: text.label, url: pages.billing },
    footer: text.footer,
  };
}
