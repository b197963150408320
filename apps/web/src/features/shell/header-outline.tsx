import { Skeleton } from "@mantine/core";
import { Logo } from "../../components/logo.tsx";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./header.module.css";

const pages = ["studio", "library", "wallet"] as const;
type Page = (typeof pages)[number];

/** The header of members' pages while nobody knows yet whose page it is (member-header.tsx). */
export function HeaderOutline({ current }: { current: Page | null }) {
  const { t } = useTranslation();
  return (
    <header className={styles.header}>
      <div className={styles.bar}>
        <a href="/studio" className={styles.home} aria-label={t("nav.home")}>
          <Logo />
        </a>
        <nav className={styles.nav} aria-label={t("nav.main")}>
          {pages.map((page) => (
            <a
              key={page}
              href={`/${page}`}
              className={styles.link}
              data-status={page === current ? "active" : undefined}
            >
              {t(`nav.${page}`)}
            </a>
          ))}
        </nav>
        <div className={styles.end}>
          <Skeleton w={92} h={36} radius="xl" />
          <Skeleton w={36} h={36} radius="xl" />
        </div>
      </div>
    </header>
  );
}
