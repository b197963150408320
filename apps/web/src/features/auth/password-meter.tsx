import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./password-meter.module.css";
import type { ShownStrength } from "./use-password-strength.ts";
import { weakText } from "./weak-password.ts";

const MAX = 4;

/** Its place is kept while it has nothing to say: the form below does not jump. Says nothing while `isQuiet`. */
export function PasswordMeter(props: { strength: ShownStrength | null; isQuiet: boolean }) {
  const { t } = useTranslation();
  const strength = props.isQuiet ? null : props.strength;
  const verdict = strength && verdictOf(strength);
  const word = verdict && t(`auth.strength.${verdict}`);
  const filled = strength ? Math.max(1, strength.level) : 0;
  return (
    <div className={props.isQuiet ? styles.quiet : styles.meter} data-verdict={verdict}>
      {strength && (
        // biome-ignore lint/a11y/useSemanticElements: a meter of the browser's own is one bar, drawn differently by each
        <div
          className={styles.bars}
          role="meter"
          aria-label={t("auth.strength.label")}
          aria-valuemin={0}
          aria-valuemax={MAX}
          aria-valuenow={filled}
          aria-valuetext={word ?? ""}
        >
          {Array.from({ length: MAX }, (_, at) => (
            <span key={at} className={at < filled ? styles.filled : styles.bar} />
          ))}
        </div>
      )}
      <p className={styles.words} aria-live="polite">
        {word && <strong className={styles.verdict}>{word}</strong>}{" "}
        {strength?.reason && weakText(t, strength.reason)}
      </p>
    </div>
  );
}

const verdictOf = ({ level, reason }: ShownStrength) =>
  reason !== null ? "weak" : level < MAX ? "good" : "strong";
