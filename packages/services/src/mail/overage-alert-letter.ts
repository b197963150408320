import type { Locale } from "@tintype/core/auth";
import type { Letter } from "./layout.ts";
import type { Pages } from "./letter-desk.ts";
import type { OverageAlertMessage } from "./messages.ts";
import { readerWords } from "./reader-words.ts";
import { unsubscribe } from "./unsubscribe.ts";

type Words = {
  subject: (percent: number) => string;
  subjectAll: string;
  greeting: string;
  used: (used: string, limit: string) => string;
  left: string;
  reached: string;
  label: string;
  footer: string;
};

const words: Record<Locale, Words> = {
  en: {
    subject: (percent) => `${percent}% of your limit beyond the wallet is used`,
    subjectAll: "Your limit beyond the wallet is reached",
    greeting: "Hello,",
    used: (used, limit) =>
      `in this period ${used} of ${limit} has been spent or set aside beyond your wallet.`,
    left: "Jobs can go on until the limit is reached. What is set aside for a job that fails comes back.",
    reached:
      "Jobs that cost more than your wallet holds are refused now. Buy credits, raise the limit, or wait for the next period.",
    label: "See plan and limits",
    footer: "You get this letter because you have set a limit for spending beyond your wallet.",
  },
  ru: {
    subject: (percent) => `Использовано ${percent} % лимита сверх кошелька`,
    subjectAll: "Лимит расходов сверх кошелька исчерпан",
    greeting: "Здравствуйте!",
    used: (used, limit) =>
      `В этом периоде сверх кошелька потрачено или отложено ${used} из ${limit}.`,
    left: "Задания выполняются, пока лимит не исчерпан. Отложенное на неудавшееся задание возвращается.",
    reached:
      "Задания, на которые не хватает кошелька, больше не принимаются. Купите кредиты, поднимите лимит или дождитесь следующего периода.",
    label: "Тариф и лимиты",
    footer: "Вы получили это письмо, потому что задали лимит расходов сверх кошелька.",
  },
};

/** One letter about the highest mark that was crossed; money as the reader writes it. */
export function overageAlertLetter(
  { locale, percent, usedCents, limitCents }: OverageAlertMessage,
  urls: Pick<Pages, "billing" | "settings" | "stopLetters">,
): Letter {
  const text = words[locale];
  const { money } = readerWords(locale, "UTC");
  const isReached = percent >= 100;
  return {
    subject: isReached ? text.subjectAll : text.subject(percent),
    greeting: text.greeting,
    paragraphs: [
      text.used(money(usedCents), money(limitCents)),
      isReached ? text.reached : text.left,
    ],
    action: { label: text.label, url: urls.billing },
    footer: text.footer,
    unsubscribe: unsubscribe(locale, urls),
  };
}
