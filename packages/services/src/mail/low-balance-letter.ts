import type { Locale } from "@tintype/core/auth";
import type { Letter } from "./layout.ts";
import type { Pages } from "./letter-desk.ts";
import type { LowBalanceMessage } from "./messages.ts";
import { readerWords } from "./reader-words.ts";
import { unsubscribe } from "./unsubscribe.ts";

type Words = {
  subject: (credits: string) => string;
  subjectNone: string;
  greeting: string;
  intro: (credits: string) => string;
  introNone: string;
  outro: string;
  label: string;
  footer: string;
};

const words: Record<Locale, Words> = {
  en: {
    subject: (credits) => `${credits} left in your wallet`,
    subjectNone: "Your wallet is empty",
    greeting: "Hello,",
    intro: (credits) => `your wallet has ${credits} left that jobs may use.`,
    introNone: "your wallet has no credits left that jobs may use.",
    outro: "Buy a pack, or let one be bought whenever the balance falls below a mark of your own.",
    label: "Get credits",
    footer: "You get this letter once, until credits come in again.",
  },
  ru: {
    subject: (credits) => `В кошельке осталось: ${credits}`,
    subjectNone: "Кошелёк пуст",
    greeting: "Здравствуйте!",
    intro: (credits) => `В вашем кошельке для заданий осталось: ${credits}.`,
    introNone: "В вашем кошельке не осталось кредитов для заданий.",
    outro:
      "Купите пакет или включите автоматическую покупку, когда баланс опускается ниже вашей отметки.",
    label: "Пополнить",
    footer: "Это письмо приходит один раз, пока снова не поступят кредиты.",
  },
};

export function lowBalanceLetter(
  { locale, available }: LowBalanceMessage,
  urls: Pick<Pages, "billing" | "settings" | "stopLetters">,
): Letter {
  const text = words[locale];
  const credits = readerWords(locale, "UTC").credits(available);
  const isEmpty = available === 0;
  return {
    subject: isEmpty ? text.subjectNone : text.subject(credits),
    greeting: text.greeting,
    paragraphs: [isEmpty ? text.introNone : text.intro(credits), text.outro],
    action: { label: text.label, url: urls.billing },
    footer: text.footer,
    unsubscribe: unsubscribe(locale, urls),
  };
}
