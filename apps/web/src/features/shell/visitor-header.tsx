import { Button } from "@mantine/core";
import { LanguageSwitch } from "../../components/language-switch.tsx";
import { Logo } from "../../components/logo.tsx";
import { ThemeSwitch } from "../../components/theme-switch.tsx";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./header.module.css";

export function VisitorHeader() {
  const { t } = useTranslation();
  return (
    <header className={styles.header}>
      <div className={styles.bar}>
        <a href="/" className={styles.home} aria-label={t("nav.home")}>
          <Logo />
        </a>
        <div className={styles.end}>
          <LanguageSwitch />
          <ThemeSwitch />
          <Button component="a" href="/sign-in" variant="default" size="sm">
            {t("nav.signIn")}
          </Button>
          <span className={styles.wideOnly}>
            <Button component="a" href="/sign-up" size="sm">
              {t("nav.signUp")}
            </Button>
          </span>
        </div>
      </div>
    </header>
  );
}
