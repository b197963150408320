import type { Locale } from "@tintype/core/auth";
import type { Letter } from "./layout.ts";
import type { Pages } from "./letter-desk.ts";
import type { CreditsExpireMessage } from "./messages.ts";
import { readerWords } from "./reader-words.ts";
import { unsubscribe } from "./unsubscribe.ts";

/** A wallet of many small grants must not make a letter without end. */
const LINES = 12;

type Words = {
  subject: (credits: string, date: string) => string;
  /** When they do not all expire on one day. */
  subjectOfSeveral: (credits: string, firstDate: string) => string;
  greeting: string;
  intro: string;
  line: (credits: string, moment: string) => string;
  more: (credits: string) => string;
  outro: string;
  label: string;
  footer: string;
};

const words: Record<Locale, Words> = {
  en: {
    subject: (credits, date) => `${credits} will expire on ${date}`,
    subjectOfSeveral: (credits, date) => `${credits} will expire soon, the first on ${date}`,
    greeting: "Hello,",
    intro: "some of the credits you paid for have not been used yet and will expire soon:",
    line: (credits, moment) => `${credits} on ${moment}`,
    more: (credits) => `and ${credits} more, a little later`,
    outro:
      "They are used first, before anything that lasts longer. What a job has set aside by then still pays for it.",
    label: "Open your wallet",
    footer: "You get this letter because you paid for these credits.",
  },
  ru: {
    subject: (credits, date) => `${credits}: срок истекает ${date}`,
    subjectOfSeveral: (credits, date) => `${credits}: срок скоро истекает, первый — ${date}`,
    greeting: "Здравствуйте!",
    intro: "Часть оплаченных вами кредитов ещё не использована, и скоро их срок истечёт:",
    line: (credits, moment) => `${credits} — ${moment}`,
    more: (credits) => `и ещё ${credits} немного позже`,
    outro:
      "Они тратятся первыми, раньше тех, что действуют дольше. То, что к этому времени отложено на задание, за него и заплатит.",
    label: "Открыть кошелёк",
    footer: "Вы получили это письмо, потому что оплатили эти кредиты.",
  },
};

const total = (expiring: CreditsExpireMessage["expiring"]) =>
  expiring.reduce((sum, { credits }) => sum + credits, 0);

/** One letter about all that is due, with the amounts and the moments as the user's own clock shows them. */
export function creditsExpireLetter(
  { locale, timeZone, expiring }: CreditsExpireMessage,
  urls: Pick<Pages, "wallet" | "settings" | "stopLetters">,
): Letter {
  const text = words[locale];
  const { credits, day } = readerWords(locale, timeZone);
  const moment = new Intl.DateTimeFormat(locale, {
    dateStyle: "long",
    timeStyle: "short",
    timeZone,
  });
  const shown = expiring.slice(0, LINES);
  const rest = expiring.slice(LINES);
  const lines = shown.map((each) =>
    text.line(credits(each.credits), `${moment.format(new Date(each.expiresAt))} (${timeZone})`),
  );
  const [first = "", ...laterDays] = new Set(expiring.map(({ expiresAt }) => day(expiresAt)));
  const subject = laterDays.length === 0 ? text.subject : text.subjectOfSeveral;
  return {
    subject: subject(credits(total(expiring)), first),
    greeting: text.greeting,
    paragraphs: [
      text.intro,
      ...lines,
      ...(rest.length > 0 ? [text.more(credits(total(rest)))] : []),
      text.outro,
    ],
    action: { label: text.label, url: urls.wallet },
    footer: text.footer,
    unsubscribe: unsubscribe(locale, urls),
  };
}
