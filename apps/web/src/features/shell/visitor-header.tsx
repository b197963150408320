import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
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
        <Link to="/" className={styles.home} aria-label={t("nav.home")}>
          <Logo />
        </Link>
        <div className={styles.end}>
          <LanguageSwitch />
          <ThemeSwitch />
          <Button
            renderRoot={(props) => <Link to="/sign-in" {...props} />}
            variant="default"
            size="sm"
          >
            {t("nav.signIn")}
          </Button>
          <span className={styles.wideOnly}>
            <Button renderRoot={(props) => <Link to="/sign-up" {...props} />} size="sm">
              {t("nav.signUp")}
            </Button>
          </span>
        </div>
      </div>
    </header>
  );
}
