import styles from "./progress-bar.module.css";

type Props = {
  label: string;
  /** 0 to 1; null while nobody can tell. */
  share: number | null;
};

export function ProgressBar({ label, share }: Props) {
  const percent = share === null ? null : Math.round(share * 100);
  return (
    <div
      className={styles.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent === null ? {} : { "aria-valuenow": percent })}
    >
      <div
        className={percent === null ? styles.unknown : styles.bar}
        style={percent === null ? {} : { transform: `scaleX(${percent / 100})` }}
      />
    </div>
  );
}
