import type { Locale } from "@tintype/core/auth";
import { useSyncExternalStore } from "react";
import { onLocaleChange, shownLocale, translatorOf } from "./i18n.ts";
import type { Translate } from "./translate.ts";

/** The texts in the language that is shown, and its name for what `Intl` writes. */
export function useTranslation(): { t: Translate; locale: Locale } {
  const locale = useSyncExternalStore(onLocaleChange, shownLocale, shownLocale);
  return { t: translatorOf(locale), locale };
}
