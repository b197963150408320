import { Textarea } from "@mantine/core";
import { limits } from "@tintype/core/generation";
import { useTranslation } from "react-i18next";
import { formatNumber } from "../../lib/format.ts";
import styles from "./studio-form.module.css";

type Props = { value: string; onChange: (value: string) => void };

/** Too long a text is marked, not cut: cutting what somebody pasted would lose it silently. */
export function PromptField({ value, onChange }: Props) {
  const { t, i18n } = useTranslation();
  const limit = limits.promptCharacters;
  const tooLong = value.trim().length > limit;
  const number = (count: number) => formatNumber(count, i18n.language);
  return (
    <div>
      <Textarea
        label={t("studio.prompt.label")}
        placeholder={t("studio.prompt.placeholder")}
        autosize
        minRows={2}
        maxRows={8}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        error={tooLong ? t("rules.too_big", { limit: number(limit) }) : null}
      />
      <p className={styles.counter} data-over={tooLong}>
        {t("studio.prompt.counter", { used: number(value.trim().length), limit: number(limit) })}
      </p>
    </div>
  );
}
