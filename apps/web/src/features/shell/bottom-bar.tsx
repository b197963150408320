import IconPhoto from "@tabler/icons-react/dist/esm/icons/IconPhoto.mjs";
import IconSettings from "@tabler/icons-react/dist/esm/icons/IconSettings.mjs";
import IconSparkles from "@tabler/icons-react/dist/esm/icons/IconSparkles.mjs";
import IconWallet from "@tabler/icons-react/dist/esm/icons/IconWallet.mjs";
import { Link } from "@tanstack/react-router";
import { usePhone } from "../../lib/use-media.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./header.module.css";

/** On a phone the pages are at the thumb. */
export function BottomBar() {
  const { t } = useTranslation();
  if (!usePhone()) return null;
  return (
    <nav className={styles.bottom} aria-label={t("nav.main")}>
      <Link to="/studio" className={styles.tab}>
        <IconSparkles size={21} />
        {t("nav.studio")}
      </Link>
      <Link to="/library" className={styles.tab}>
        <IconPhoto size={21} />
        {t("nav.library")}
      </Link>
      <Link to="/wallet" className={styles.tab}>
        <IconWallet size={21} />
        {t("nav.wallet")}
      </Link>
      <Link to="/settings" className={styles.tab}>
        <IconSettings size={21} />
        {t("nav.settings")}
      </Link>
    </nav>
  );
}
