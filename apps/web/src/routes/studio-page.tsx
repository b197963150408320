import { lazy, Suspense } from "react";
import { FeedSkeleton } from "../features/jobs/feed-skeleton.tsx";
import { StudioForm } from "../features/studio/studio-form.tsx";
import { withTexts } from "../lib/i18n.ts";
import { useReducedMotion } from "../lib/use-media.ts";
import { usePageTitle } from "../lib/use-page-title.ts";
import { useTranslation } from "../lib/use-translation.ts";
import styles from "./studio-page.module.css";

/** The form is there first; the cards come while their list is being asked for. */
const JobFeed = lazy(() =>
  import("../features/jobs/job-feed.tsx").then((code) => ({ default: code.JobFeed })),
);

/** For those who cannot pay what they have set up; the rest never load it. */
const Shortage = lazy(
  withTexts(["pricing", "billing"], async () => {
    const { Shortage: component } = await import("../features/billing/shortage.tsx");
    return { default: component };
  }),
);

const formId = "studio-form";
const feedId = "studio-feed";

/** Whether the top of it is where the eyes are: not scrolled away, not at the lower edge. */
function isInView(element: HTMLElement): boolean {
  const { top } = element.getBoundingClientRect();
  return top >= 0 && top < window.innerHeight * 0.6;
}

/** The form and what came of it, side by side; on a phone one after the other. */
export function StudioPage() {
  const { t } = useTranslation();
  const still = useReducedMotion();
  usePageTitle(t("nav.studio"));
  const bringIntoView = (id: string) => {
    const element = document.getElementById(id);
    if (!element || isInView(element)) return;
    element.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
  };
  const showForm = () => {
    bringIntoView(formId);
    document.getElementById("generate")?.focus({ preventScroll: true });
  };
  return (
    <div className={styles.page}>
      <div id={formId} className={styles.form}>
        <h1 className={styles.title}>{t("studio.title")}</h1>
        <StudioForm
          onAccepted={() => bringIntoView(feedId)}
          explainShortage={(shortage) => (
            <Suspense>
              <Shortage returnTo="/studio" {...shortage} />
            </Suspense>
          )}
        />
      </div>
      <section id={feedId} className={styles.feed} aria-labelledby="feed-title">
        <h2 id="feed-title" className={styles.feedTitle}>
          {t("studio.feed")}
        </h2>
        <Suspense fallback={<FeedSkeleton />}>
          <JobFeed onReused={showForm} />
        </Suspense>
      </section>
    </div>
  );
}
