import type { Locale } from "@tintype/core/auth";
import type { Letter } from "./layout.ts";
import type { LetterDesk } from "./letter-desk.ts";
import type { WelcomeMessage } from "./messages.ts";
import { readerWords } from "./reader-words.ts";

type Words = Omit<Letter, "paragraphs" | "action" | "unsubscribe" | "facts"> & {
  intro: string;
  given: (credits: string) => string;
  steps: string;
  label: string;
  unsubscribe: string;
};

const words: Record<Locale, Words> = {
  en: {
    subject: "Welcome to Tintype",
    greeting: "Hello,",
    intro: "your account is ready. Upload a photo of a product and Tintype makes pictures of it.",
    given: (credits) => `To begin with there are ${credits} in your wallet. They cost nothing.`,
    steps:
      "Every job shows its price before it starts and never takes more. What fails is given back.",
    label: "Make the first picture",
    footer: "You get this letter once, because this address was used to open an account.",
    unsubscribe: "Letters that you can do without are switched off in the settings:",
  },
  ru: {
    subject: "Добро пожаловать в Tintype",
    greeting: "Здравствуйте!",
    intro: "Аккаунт готов. Загрузите фото товара, и Tintype сделает из него снимки.",
    given: (credits) => `Для начала в вашем кошельке ${credits}. Они ничего не стоят.`,
    steps:
      "Цена каждого задания видна до запуска, и больше неё не спишется. Если не получилось, кредиты вернутся.",
    label: "Сделать первый снимок",
    footer: "Это письмо приходит один раз: с этим адресом открыли аккаунт.",
    unsubscribe: "Необязательные письма отключаются в настройках:",
  },
};

export function welcomeLetter({ locale, credits }: WelcomeMessage, { pages }: LetterDesk): Letter {
  const { intro, given, steps, label, unsubscribe, ...text } = words[locale];
  const count = readerWords(locale, "UTC").credits(credits);
  return {
    ...text,
    paragraphs: [intro, ...(credits > 0 ? [given(count)] : []), steps],
    action: { label, url: pages.studio },
    unsubscribe: { text: unsubscribe, url: pages.settings, isOneClick: false },
  };
}
