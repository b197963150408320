import { limits } from "@tintype/core/generation";
import { useId } from "react";
import { formatNumber } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./field.module.css";

type Props = { value: string; onChange: (value: string) => void };

/** Too long a text is marked, not cut: cutting what somebody pasted would lose it silently. */
export function PromptField({ value, onChange }: Props) {
  const { t, locale } = useTranslation();
  const id = useId();
  const limit = limits.promptCharacters;
  const used = value.trim().length;
  const tooLong = used > limit;
  const number = (count: number) => formatNumber(count, locale);
  return (
    <div>
      <label className={styles.label} htmlFor={id}>
        {t("studio.prompt.label")}
      </label>
      <textarea
        id={id}
        className={`${styles.input} ${styles.prompt}`}
        rows={2}
        placeholder={t("studio.prompt.placeholder")}
        value={value}
        aria-invalid={tooLong}
        aria-describedby={`${id}-count`}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
      <p id={`${id}-count`} className={styles.counter} data-over={tooLong}>
        {tooLong && <span role="alert">{t("rules.too_big", { limit: number(limit) })}</span>}
        <span>{t("studio.prompt.counter", { used: number(used), limit: number(limit) })}</span>
      </p>
    </div>
  );
}
