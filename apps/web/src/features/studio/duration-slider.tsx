import { Slider } from "@mantine/core";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import styles from "./studio-form.module.css";

type Props = { seconds: number; maximum: number; onChange: (seconds: number) => void };

export function DurationSlider({ seconds, maximum, onChange }: Props) {
  const { t } = useTranslation();
  const label = useId();
  const words = t("units.seconds", { count: seconds });
  return (
    <div>
      <div className={styles.sliderHead}>
        <span id={label} className={styles.legend}>
          {t("studio.duration")}
        </span>
        <span className={styles.sliderValue}>{words}</span>
      </div>
      <Slider
        min={1}
        max={maximum}
        step={1}
        label={null}
        value={seconds}
        onChange={onChange}
        thumbProps={{ "aria-labelledby": label, "aria-valuetext": words }}
      />
    </div>
  );
}
