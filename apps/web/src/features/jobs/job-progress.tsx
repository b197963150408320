import { ProgressBar } from "../../components/progress-bar.tsx";
import { Thumbnail } from "../../components/stored-media.tsx";
import type { Job } from "../../lib/api-types.ts";
import { formatClock, formatEstimate, formatStopwatch } from "../../lib/format.ts";
import { useNow } from "../../lib/use-now.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { CancelButton } from "./cancel-button.tsx";
import styles from "./job-card.module.css";
import { useStageText } from "./use-stage-text.ts";

/** What is happening now, how long it may take, and when the credits come back if it does not end. */
export function JobProgress({ job }: { job: Job }) {
  const { t, locale } = useTranslation();
  const stage = useStageText(job);
  const now = useNow(true);
  const { input, startedAt, createdAt, estimatedSeconds, attempt, maxAttempts, status } = job;
  const elapsed = now - Date.parse(startedAt ?? createdAt);
  const share = status === "processing" ? job.progress / 100 : null;
  return (
    <div className={styles.running}>
      <div className={styles.developing}>
        {input?.thumbnailUrl && <Thumbnail asset={input} alt="" />}
        {share !== null && (
          <span className={styles.percent} aria-hidden="true">
            {t("jobs.percent", { value: job.progress })}
          </span>
        )}
      </div>
      <div className={styles.runningText}>
        <p className={styles.stage} role="status">
          {stage}
        </p>
        <ProgressBar label={t("jobs.progress")} share={share} />
        <ul className={styles.facts}>
          <li>{t("jobs.elapsed", { time: formatStopwatch(elapsed) })}</li>
          {estimatedSeconds !== null && (
            <li>{t("jobs.estimate", { time: formatEstimate(t, estimatedSeconds) })}</li>
          )}
          {attempt > 1 && <li>{t("jobs.attempt", { attempt, maxAttempts })}</li>}
          <li>{t("jobs.held", { count: job.credits })}</li>
        </ul>
        <p className={styles.clock}>
          {t("jobs.refundClock", { time: formatClock(job.refundAt, locale) })}
        </p>
        <CancelButton job={job} />
      </div>
    </div>
  );
}
