import type { Job } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";

/** The one sentence about where a job is. It changes with the stage, not with every percent. */
export function useStageText(job: Job): string {
  const { t } = useTranslation();
  if (job.cancelRequested) return t("jobs.cancelling");
  if (job.status === "reconciling") return t("jobs.reconciling");
  if (job.status === "processing") return job.stage ? t(`stages.${job.stage}`) : t("jobs.starting");
  if (job.queuePosition === null) return t("jobs.queued");
  if (job.queuePosition === 1) return t("jobs.nextInLine");
  return t("jobs.ahead", { count: job.queuePosition - 1 });
}
