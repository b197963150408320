import type { Locale } from "@tintype/core/auth";
import type { Letter } from "./layout.ts";

const words: Record<Locale, string> = {
  en: "To get no such letters, turn off e-mail notifications in the settings:",
  ru: "Чтобы не получать таких писем, отключите уведомления по почте в настройках:",
};

/** For letters that one may do without. */
export const unsubscribe = (
  locale: Locale,
  settingsUrl: string,
): NonNullable<Letter["unsubscribe"]> => ({ text: words[locale], url: settingsUrl });
