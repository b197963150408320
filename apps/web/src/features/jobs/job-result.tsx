import { ResultViewer } from "../../components/result-viewer.tsx";
import { Thumbnail } from "../../components/stored-media.tsx";
import type { Asset, Job } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./job-card.module.css";

type Props = { job: Job; shown: Asset | undefined; onShow: (output: Asset) => void };

/** What was made. Of several pictures one is shown large, the others are a press away. */
export function JobResult({ job, shown, onShow }: Props) {
  const { t } = useTranslation();
  const { outputs } = job;
  if (!shown) return <p className={styles.time}>{t("jobs.deleted")}</p>;
  return (
    <div className={styles.result}>
      <ResultViewer key={shown.id} output={shown} input={job.input} />
      {outputs.length > 1 && (
        <ul className={styles.outputs}>
          {outputs.map((output, index) => (
            <li key={output.id}>
              <button
                type="button"
                className={styles.output}
                aria-pressed={output.id === shown.id}
                aria-label={t("jobs.showResult", { number: index + 1, total: outputs.length })}
                onClick={() => onShow(output)}
              >
                <Thumbnail asset={output} alt="" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
