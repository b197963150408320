import IconAlertCircle from "@tabler/icons-react/dist/esm/icons/IconAlertCircle.mjs";
import IconArrowBackUp from "@tabler/icons-react/dist/esm/icons/IconArrowBackUp.mjs";
import { useState } from "react";
import { JobActions } from "../../components/job-actions.tsx";
import { Note } from "../../components/note.tsx";
import { SettingsChips } from "../../components/settings-chips.tsx";
import type { Job } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./job-card.module.css";
import { JobResult } from "./job-result.tsx";

type Props = { job: Job; onReused: () => void };

/** How the job ended, where its credits are now, and what to do next. */
export function JobOutcome({ job, onReused }: Props) {
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = job.outputs.find(({ id }) => id === chosen) ?? job.outputs[0];
  return (
    <>
      {job.status === "completed" ? (
        <>
          <JobResult job={job} shown={shown} onShow={({ id }) => setChosen(id)} />
          <CameBack job={job} />
        </>
      ) : (
        <NotDelivered job={job} />
      )}
      <SettingsChips settings={job.settings} />
      <JobActions job={job} output={shown} onReused={onReused} />
    </>
  );
}

/** A failure is explained; either way the credits that came back are counted. */
function NotDelivered({ job }: { job: Job }) {
  const { t } = useTranslation();
  if (job.status === "cancelled") {
    const kept = job.chargedCredits ?? 0;
    return (
      <Note
        tone="calm"
        icon={<IconArrowBackUp size={18} />}
        title={t("jobs.cancelled")}
        {...(kept > 0 ? { text: t("jobs.kept", { count: kept }) } : {})}
      >
        <CameBack job={job} />
      </Note>
    );
  }
  const code = job.failure?.code ?? "provider_failed";
  return (
    <Note
      tone="bad"
      icon={<IconAlertCircle size={18} />}
      title={t(`failures.${code}.title`)}
      text={t(`failures.${code}.advice`)}
    >
      <CameBack job={job} />
    </Note>
  );
}

function CameBack({ job }: { job: Job }) {
  const { t } = useTranslation();
  const count = job.credits - (job.chargedCredits ?? 0);
  if (count <= 0) return null;
  return <span className={styles.back}>{t("jobs.cameBack", { count })}</span>;
}
