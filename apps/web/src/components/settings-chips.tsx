import type { Settings } from "../lib/api-types.ts";
import { useTranslation } from "../lib/use-translation.ts";
import styles from "./settings-chips.module.css";

/** What a job was asked for, in a line of small words. */
export function SettingsChips({ settings }: { settings: Settings }) {
  const { t } = useTranslation();
  const { kind, scene, pose, model, modelTier, qualityTier, aspectRatio, seed } = settings;
  const words = [
    kind === "video"
      ? t("units.seconds", { count: settings.durationSeconds })
      : t("units.images", { count: settings.count }),
    t(`scenes.${scene}`),
    t(`poses.${pose}`),
    t(`models.${model}`),
    ...(kind === "video" ? [t(`cameraMoves.${settings.cameraMove}`)] : []),
    `${t(`modelTiers.${modelTier}.title`)} · ${t(`qualityTiers.${qualityTier}`)}`,
    aspectRatio,
    t("settingsChips.seed", { seed: String(seed) }),
  ];
  return (
    <ul className={styles.chips} aria-label={t("settingsChips.label")}>
      {words.map((word) => (
        <li key={word} className={styles.chip}>
          {word}
        </li>
      ))}
    </ul>
  );
}
