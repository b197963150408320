import { FeedSkeleton } from "../features/jobs/feed-skeleton.tsx";
import { HeaderOutline } from "../features/shell/header-outline.tsx";
import { FormOutline } from "../features/studio/form-outline.tsx";
import { useTranslation } from "../lib/use-translation.ts";
import styles from "./studio-page.module.css";

/** The studio before its code is there: its words, and the shape of what is asked for. */
export function StudioOutline() {
  const { t } = useTranslation();
  return (
    <>
      <HeaderOutline current="studio" />
      <main className={styles.page} aria-busy="true">
        <div className={styles.form}>
          <h1 className={styles.title}>{t("studio.title")}</h1>
          <FormOutline />
        </div>
        <section className={styles.feed}>
          <h2 className={styles.feedTitle}>{t("studio.feed")}</h2>
          <FeedSkeleton />
        </section>
      </main>
    </>
  );
}
