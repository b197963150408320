import { type CSSProperties, useState } from "react";
import { useTranslation } from "../lib/use-translation.ts";
import styles from "./compare-slider.module.css";

type Props = {
  before: string;
  after: string;
  beforeAlt: string;
  afterAlt: string;
  /** Width divided by height of the frame; the photo before is fitted into it. */
  ratio: number;
  start?: number;
  /** Fill the frame with the photo before, and lose its edges, instead of showing all of it. */
  fill?: boolean;
  onBeforeError?: () => void;
  onAfterError?: () => void;
};

/** Before and after in one frame. The handle is a real range input: mouse, touch, arrows and screen readers. */
export function CompareSlider(props: Props) {
  const { t } = useTranslation();
  const { before, after, beforeAlt, afterAlt, ratio, start = 50, fill = false } = props;
  const [split, setSplit] = useState(start);
  const style: CSSProperties & Record<"--split", string> = {
    "--split": `${split}%`,
    aspectRatio: ratio,
  };
  return (
    <div className={styles.frame} style={style}>
      <img
        className={styles.after}
        src={after}
        alt={afterAlt}
        draggable={false}
        onError={props.onAfterError}
      />
      <div className={styles.before}>
        <img className={styles.backdrop} src={before} alt="" draggable={false} />
        <img
          className={styles.photo}
          data-fill={fill}
          src={before}
          alt={beforeAlt}
          draggable={false}
          onError={props.onBeforeError}
        />
      </div>
      <span className={`${styles.tag} ${styles.tagBefore}`} aria-hidden="true">
        {t("compare.before")}
      </span>
      <span className={`${styles.tag} ${styles.tagAfter}`} aria-hidden="true">
        {t("compare.after")}
      </span>
      <input
        className={styles.range}
        type="range"
        min={0}
        max={100}
        value={split}
        aria-label={t("compare.label")}
        aria-valuetext={t("compare.value", { value: split })}
        onChange={(event) => setSplit(event.currentTarget.valueAsNumber)}
      />
      <span className={styles.line} aria-hidden="true" />
      <span className={styles.handle} aria-hidden="true" />
    </div>
  );
}
