import type { Locale } from "@tintype/core/auth";
import type { Letter } from "./layout.ts";
import type { LetterDesk } from "./letter-desk.ts";
import type { BillingMessageOf } from "./messages.ts";
import { readerWords } from "./reader-words.ts";
import { unsubscribe } from "./unsubscribe.ts";

type Words = {
  subject: (credits: string) => string;
  greeting: string;
  intro: (plan: string) => string;
  outro: string;
  granted: string;
  rolledOver: string;
  until: string;
  label: string;
  footer: string;
};

const words: Record<Locale, Words> = {
  en: {
    subject: (credits) => `${credits} for the new month`,
    greeting: "Hello,",
    intro: (plan) => `a new month of your plan ${plan} has begun, and its credits are here.`,
    outro: "What was left of the month before is used first.",
    granted: "New",
    rolledOver: "Rolled over",
    until: "Good until",
    label: "Open your wallet",
    footer: "You get this letter because you have a plan.",
  },
  ru: {
    subject: (credits) => `${credits} на новый месяц`,
    greeting: "Здравствуйте!",
    intro: (plan) => `Начался новый месяц тарифа ${plan}, и его кредиты уже в кошельке.`,
    outro: "Остаток прошлого месяца тратится первым.",
    granted: "Новые",
    rolledOver: "Перенесено",
    until: "Действуют до",
    label: "Открыть кошелёк",
    footer: "Вы получили это письмо, потому что у вас есть тариф.",
  },
};

export function renewalLetter(message: BillingMessageOf<"renewal">, desk: LetterDesk): Letter {
  const { locale, timeZone, planCode, credits, rolledOverCredits, expiresAt } = message;
  const text = words[locale];
  const reader = readerWords(locale, timeZone);
  const hasRolledOver = rolledOverCredits > 0;
  return {
    subject: text.subject(reader.credits(credits)),
    greeting: text.greeting,
    paragraphs: [
      text.intro(desk.nameOf(planCode) ?? planCode),
      ...(hasRolledOver ? [text.outro] : []),
    ],
    facts: [
      [text.granted, reader.credits(credits)],
      ...(hasRolledOver ? [[text.rolledOver, reader.credits(rolledOverCredits)] as const] : []),
      [text.until, reader.day(expiresAt)],
    ],
    action: { label: text.label, url: desk.pages.wallet },
    footer: text.footer,
    unsubscribe: unsubscribe(locale, desk.pages),
  };
}
