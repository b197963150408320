import { useEffect, useState } from "react";
import { ProgressBar } from "../../components/progress-bar.tsx";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./photo.module.css";
import type { UploadState } from "./use-upload.ts";

type Props = {
  state: Extract<UploadState, { phase: "sending" | "checking" }>;
  onCancel: () => void;
};

export function UploadProgress({ state, onCancel }: Props) {
  const { t } = useTranslation();
  const { file, phase } = state;
  const preview = usePreview(file);
  const text = phase === "checking" ? t("studio.photo.checking") : t("studio.photo.sending");
  return (
    <div className={styles.chosen}>
      <div className={styles.thumb}>{preview && <img src={preview} alt="" />}</div>
      <div className={styles.facts}>
        <p className={styles.name}>{file.name}</p>
        <p className={styles.size} role="status">
          {text}
        </p>
        <ProgressBar label={text} share={phase === "sending" ? state.share : null} />
        <div className={styles.chosenActions}>
          <button type="button" className={styles.button} onClick={onCancel}>
            {t("actions.cancel")}
          </button>
        </div>
      </div>
    </div>
  );
}

/** The photo as it lies on this device, shown while it travels. */
function usePreview(file: File): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const created = URL.createObjectURL(file);
    setUrl(created);
    return () => URL.revokeObjectURL(created);
  }, [file]);
  return url;
}
