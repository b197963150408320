import { useId } from "react";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./field.module.css";

type Props = { seconds: number; maximum: number; onChange: (seconds: number) => void };

export function DurationSlider({ seconds, maximum, onChange }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const words = t("units.seconds", { count: seconds });
  return (
    <div>
      <div className={styles.head}>
        <label className={styles.label} htmlFor={id}>
          {t("studio.duration")}
        </label>
        <output className={styles.value} htmlFor={id}>
          {words}
        </output>
      </div>
      <input
        id={id}
        className={styles.range}
        type="range"
        min={1}
        max={maximum}
        step={1}
        value={seconds}
        aria-valuetext={words}
        onChange={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
      />
      <p className={styles.ends} aria-hidden="true">
        <span>{t("units.seconds", { count: 1 })}</span>
        <span>{t("units.seconds", { count: maximum })}</span>
      </p>
    </div>
  );
}
