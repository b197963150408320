import type { Locale } from "@tintype/core/auth";
import type { Letter } from "./layout.ts";
import type { Pages } from "./letter-desk.ts";

const words: Record<Locale, { signedIn: string; oneClick: string }> = {
  en: {
    signedIn: "To get no such letters, turn off e-mail notifications in the settings:",
    oneClick: "To get no more of these letters:",
  },
  ru: {
    signedIn: "Чтобы не получать таких писем, отключите уведомления по почте в настройках:",
    oneClick: "Чтобы больше не получать таких писем:",
  },
};

/** For letters that one may do without. */
export const unsubscribe = (
  locale: Locale,
  { stopLetters, settings }: Pick<Pages, "stopLetters" | "settings">,
): NonNullable<Letter["unsubscribe"]> =>
  stopLetters === null
    ? { text: words[locale].signedIn, url: settings, isOneClick: false }
    : { text: words[locale].oneClick, url: stopLetters, isOneClick: true };
