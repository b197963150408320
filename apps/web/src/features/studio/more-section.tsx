import IconDice3 from "@tabler/icons-react/dist/esm/icons/IconDice3.mjs";
import { useId } from "react";
import { type DraftSettings, largestSeed, randomSeed } from "../../lib/draft-settings.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./field.module.css";

type Props = {
  settings: DraftSettings;
  onChange: (part: Partial<DraftSettings>) => void;
  onSeed: (seed: number) => void;
};

/** What few people need: the seed, with which a picture can be made again. */
export function MoreSection({ settings, onChange, onSeed }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const type = (text: string) => onSeed(Math.min(Number(text.replaceAll(/\D/g, "")), largestSeed));
  return (
    <details className={styles.more}>
      <summary className={styles.summary}>{t("studio.more")}</summary>
      <label className={styles.label} htmlFor={id}>
        {t("studio.seed.label")}
      </label>
      <div className={styles.seed}>
        <input
          id={id}
          className={styles.input}
          inputMode="numeric"
          value={String(settings.seed)}
          aria-describedby={`${id}-text`}
          onChange={({ currentTarget }) => type(currentTarget.value)}
        />
        <button
          type="button"
          className={styles.dice}
          aria-label={t("studio.seed.random")}
          onClick={() => onChange({ seed: randomSeed() })}
        >
          <IconDice3 size={18} />
        </button>
      </div>
      <p id={`${id}-text`} className={styles.help}>
        {t("studio.seed.text")}
      </p>
    </details>
  );
}
