import { locales } from "@tintype/core/auth";
import { chooseLocale } from "../lib/i18n.ts";
import { useTranslation } from "../lib/use-translation.ts";
import styles from "./language-switch.module.css";

/** For visitors: the other language, one press away, named in that language. */
export function LanguageSwitch() {
  const { t, locale } = useTranslation();
  const other = locales.find((known) => known !== locale) ?? "en";
  return (
    <button
      type="button"
      lang={other}
      className={styles.switch}
      aria-label={t("nav.switchLanguage", {
        code: other.toUpperCase(),
        language: t(`languages.${other}`),
      })}
      onClick={() => void chooseLocale(other)}
    >
      {other.toUpperCase()}
    </button>
  );
}
