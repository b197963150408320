import { ActionIcon, TextInput } from "@mantine/core";
import IconDice3 from "@tabler/icons-react/dist/esm/icons/IconDice3.mjs";
import { useTranslation } from "react-i18next";
import { type DraftSettings, largestSeed, randomSeed } from "../../lib/draft-settings.ts";
import styles from "./studio-form.module.css";

type Props = {
  settings: DraftSettings;
  onChange: (part: Partial<DraftSettings>) => void;
  onSeed: (seed: number) => void;
};

/** What few people need: the seed, with which a picture can be made again. */
export function MoreSection({ settings, onChange, onSeed }: Props) {
  const { t } = useTranslation();
  return (
    <details className={styles.more}>
      <summary className={styles.summary}>{t("studio.more")}</summary>
      <TextInput
        mt="sm"
        label={t("studio.seed.label")}
        description={t("studio.seed.text")}
        inputMode="numeric"
        value={String(settings.seed)}
        onChange={({ currentTarget }) => {
          const digits = currentTarget.value.replaceAll(/\D/g, "");
          onSeed(Math.min(Number(digits), largestSeed));
        }}
        rightSection={
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("studio.seed.random")}
            onClick={() => onChange({ seed: randomSeed() })}
          >
            <IconDice3 size={18} />
          </ActionIcon>
        }
      />
    </details>
  );
}
