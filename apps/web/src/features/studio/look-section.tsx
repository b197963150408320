import { modelPresets, posePresets, scenePresets } from "@tintype/core/generation";
import { ChoiceGroup } from "../../components/choice-group.tsx";
import { PresetPicture } from "../../components/preset-picture.tsx";
import type { DraftSettings } from "../../lib/draft-settings.ts";
import { useTranslation } from "../../lib/use-translation.ts";

type Props = { settings: DraftSettings; onChange: (part: Partial<DraftSettings>) => void };

/** Scene, pose and model, as the pictures our own generator makes of them. */
export function LookSection({ settings, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <ChoiceGroup
        legend={t("studio.scene")}
        look="pictures"
        columns={4}
        value={settings.scene}
        onChange={(scene) => onChange({ scene })}
        choices={scenePresets.map((scene) => ({
          value: scene,
          label: t(`scenes.${scene}`),
          picture: <PresetPicture folder="scene" name={scene} />,
        }))}
      />
      <ChoiceGroup
        legend={t("studio.pose")}
        look="pictures"
        columns={4}
        value={settings.pose}
        onChange={(pose) => onChange({ pose })}
        choices={posePresets.map((pose) => ({
          value: pose,
          label: t(`poses.${pose}`),
          picture: <PresetPicture folder="pose" name={pose} />,
        }))}
      />
      <ChoiceGroup
        legend={t("studio.model")}
        look="pictures"
        columns={4}
        value={settings.model}
        onChange={(model) => onChange({ model })}
        choices={modelPresets.map((model) => ({
          value: model,
          label: t(`models.${model}`),
          picture: <PresetPicture folder="model" name={model} />,
        }))}
      />
    </>
  );
}
