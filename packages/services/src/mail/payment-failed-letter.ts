import type { Locale } from "@tintype/core/auth";
import type { Letter } from "./layout.ts";
import type { LetterDesk } from "./letter-desk.ts";
import type { BillingMessageOf } from "./messages.ts";
import { readerWords } from "./reader-words.ts";

type Words = {
  subject: (amount: string) => string;
  greeting: string;
  intro: (amount: string) => string;
  next: (day: string) => string;
  last: string;
  meanwhile: string;
  /** The same of an invoice that no plan waits for. */
  lastOverage: string;
  meanwhileOverage: string;
  what: string;
  attempts: string;
  nextAttempt: string;
  pay: string;
  billing: string;
  footer: string;
};

const words: Record<Locale, Words> = {
  en: {
    subject: (amount) => `Your payment of ${amount} did not go through`,
    greeting: "Hello,",
    intro: (amount) => `your bank declined a payment of ${amount}. Nothing was taken.`,
    next: (day) =>
      `It will be tried again on ${day}. You need not wait: pay now with this card or another one.`,
    last: "It will not be tried again by itself, and an invoice that stays unpaid ends the plan. You can still pay it now.",
    meanwhile:
      "Packs, gifts and the credits of months that are paid work as before. Those of a month that is not paid come as soon as it is, with what was left of the month before.",
    lastOverage: "It will not be tried again by itself. You can still pay it now.",
    meanwhileOverage:
      "It is for what went beyond your wallet. As long as it is unpaid, jobs use the wallet only; all credits in it work as before.",
    what: "Due",
    attempts: "Tried",
    nextAttempt: "Next try",
    pay: "Pay now",
    billing: "Change the card",
    footer: "You get this letter because an invoice of your account is unpaid.",
  },
  ru: {
    subject: (amount) => `Платёж на ${amount} не прошёл`,
    greeting: "Здравствуйте!",
    intro: (amount) => `Банк отклонил платёж на ${amount}. Деньги не списаны.`,
    next: (day) =>
      `Следующая попытка — ${day}. Ждать не обязательно: оплатите сейчас этой или другой картой.`,
    last: "Сам платёж больше не повторится, а неоплаченный счёт завершает тариф. Его ещё можно оплатить сейчас.",
    meanwhile:
      "Пакеты, подарки и кредиты оплаченных месяцев можно тратить как прежде. Кредиты неоплаченного месяца придут сразу после оплаты вместе с остатком предыдущего.",
    lastOverage: "Сам платёж больше не повторится. Его ещё можно оплатить сейчас.",
    meanwhileOverage:
      "Это счёт за расход сверх кошелька. Пока он не оплачен, задания тратят только кошелёк; все кредиты в нём работают как прежде.",
    what: "К оплате",
    attempts: "Попыток",
    nextAttempt: "Следующая",
    pay: "Оплатить",
    billing: "Сменить карту",
    footer: "Вы получили это письмо, потому что счёт вашего аккаунта не оплачен.",
  },
};

export function paymentFailedLetter(
  message: BillingMessageOf<"payment_failed">,
  { pages }: LetterDesk,
): Letter {
  const { locale, timeZone, amountDueCents, attempts, nextAttemptAt, payUrl } = message;
  const text = words[locale];
  const { money, day } = readerWords(locale, timeZone);
  const amount = money(amountDueCents);
  // Letters that were queued before there was a difference are about plans.
  const [last, meanwhile] =
    message.isPlan === false
      ? [text.lastOverage, text.meanwhileOverage]
      : [text.last, text.meanwhile];
  return {
    subject: text.subject(amount),
    greeting: text.greeting,
    paragraphs: [
      text.intro(amount),
      nextAttemptAt === null ? last : text.next(day(nextAttemptAt)),
      meanwhile,
    ],
    facts: [
      [text.what, amount],
      [text.attempts, String(attempts)],
      ...(nextAttemptAt === null ? [] : [[text.nextAttempt, day(nextAttemptAt)] as const]),
    ],
    action:
      payUrl === null
        ? { label: text.billing, url: pages.billing }
        : { label: text.pay, url: payUrl },
    footer: text.footer,
  };
}
