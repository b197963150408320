import { locales } from "@tintype/core/auth";
import { useTranslation } from "react-i18next";
import { switchLocale } from "../lib/i18n.ts";
import styles from "./language-switch.module.css";

/** For visitors: the other language, one press away, named in that language. */
export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  const other = locales.find((locale) => locale !== i18n.language) ?? "en";
  return (
    <button
      type="button"
      lang={other}
      className={styles.switch}
      aria-label={t("nav.switchLanguage", {
        code: other.toUpperCase(),
        language: t(`languages.${other}`),
      })}
      onClick={() => void switchLocale(other)}
    >
      {other.toUpperCase()}
    </button>
  );
}
