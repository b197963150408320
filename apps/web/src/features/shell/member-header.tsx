import { Link } from "@tanstack/react-router";
import { Logo } from "../../components/logo.tsx";
import { useTranslation } from "../../lib/use-translation.ts";
import { BalanceChip } from "./balance-chip.tsx";
import styles from "./header.module.css";
import { UserMenu } from "./user-menu.tsx";

export function MemberHeader() {
  const { t } = useTranslation();
  return (
    <header className={styles.header}>
      <div className={styles.bar}>
        <Link to="/studio" className={styles.home} aria-label={t("nav.home")}>
          <Logo />
        </Link>
        <nav className={styles.nav} aria-label={t("nav.main")}>
          <Link to="/studio" className={styles.link}>
            {t("nav.studio")}
          </Link>
          <Link to="/library" className={styles.link}>
            {t("nav.library")}
          </Link>
          <Link to="/wallet" className={styles.link}>
            {t("nav.wallet")}
          </Link>
        </nav>
        <div className={styles.end}>
          <BalanceChip />
          <UserMenu />
        </div>
      </div>
    </header>
  );
}
