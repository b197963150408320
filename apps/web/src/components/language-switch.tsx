import { locales } from "@tintype/core/auth";
import { LOCALE_KEY } from "@tintype/core/visitor-pages";
import type { MouseEvent } from "react";
import { chooseLocale } from "../lib/i18n.ts";
import { useTranslation } from "../lib/use-translation.ts";
import styles from "./language-switch.module.css";

/**
 * For visitors: the other language, one press away, named in that language. A link, which works before the page's code
 * is there; with the code nothing that was typed is lost.
 */
export function LanguageSwitch() {
  const { t, locale } = useTranslation();
  const other = locales.find((known) => known !== locale) ?? "en";
  const choose = (event: MouseEvent) => {
    event.preventDefault();
    forgetAsked();
    void chooseLocale(other);
  };
  return (
    <a
      href={`?${LOCALE_KEY}=${other}`}
      lang={other}
      hrefLang={other}
      className={styles.switch}
      aria-label={t("nav.switchLanguage", {
        code: other.toUpperCase(),
        language: t(`languages.${other}`),
      })}
      onClick={choose}
    >
      {other.toUpperCase()}
    </a>
  );
}

/** A language that the address asks for would be back when the page is loaded again. */
function forgetAsked(): void {
  const url = new URL(window.location.href);
  if (!url.searchParams.has(LOCALE_KEY)) return;
  url.searchParams.delete(LOCALE_KEY);
  window.history.replaceState(window.history.state, "", url);
}
