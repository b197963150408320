import { hasEnded } from "@tintype/core/jobs";
import { useEffect, useId, useRef } from "react";
import type { Job } from "../../lib/api-types.ts";
import { isFocusLost } from "../../lib/focus.ts";
import { formatDay } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./job-card.module.css";
import { JobOutcome } from "./job-outcome.tsx";
import { JobProgress } from "./job-progress.tsx";

type Props = { job: Job; onReused: () => void };

/** One job from the queue to the picture: the same card all the way, so that nobody has to look for it. */
export function JobCard({ job, onReused }: Props) {
  const { t, locale } = useTranslation();
  const heading = useId();
  const card = useCardFocus(job);
  const { settings, status } = job;
  const kind = t(`kinds.${job.kind}`);
  const title =
    settings.prompt || t("jobs.untitled", { kind, scene: t(`scenes.${settings.scene}`) });
  return (
    <article
      ref={card}
      tabIndex={-1}
      className={styles.card}
      aria-labelledby={heading}
      data-testid="job-card"
      data-status={status}
    >
      <header className={styles.head}>
        <div className={styles.headText}>
          <h3 id={heading} className={styles.title}>
            {title}
          </h3>
          <p className={styles.time}>{formatDay(job.createdAt, locale)}</p>
        </div>
        <span className={styles.status} data-status={status}>
          {t(`statuses.${status}`)}
        </span>
      </header>
      {hasEnded(status) ? <JobOutcome job={job} onReused={onReused} /> : <JobProgress job={job} />}
    </article>
  );
}

/** The button and the dialog that cancelled a job go away with it; the focus then stays on its card. */
function useCardFocus({ status, cancelRequested }: Job) {
  const card = useRef<HTMLElement>(null);
  const wasOpen = useRef(!hasEnded(status));
  useEffect(() => {
    const justEnded = wasOpen.current && hasEnded(status);
    wasOpen.current = !hasEnded(status);
    const byUser = cancelRequested || status === "cancelled";
    if (justEnded && byUser && isFocusLost()) card.current?.focus({ preventScroll: true });
  }, [status, cancelRequested]);
  return card;
}
