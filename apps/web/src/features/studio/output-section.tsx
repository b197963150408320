import { Skeleton } from "@mantine/core";
import { aspectRatios, cameraMoves } from "@tintype/core/generation";
import { ChoiceGroup } from "../../components/choice-group.tsx";
import { PresetPicture } from "../../components/preset-picture.tsx";
import type { CatalogueOffer } from "../../lib/api-types.ts";
import type { DraftSettings } from "../../lib/draft-settings.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { AspectShape } from "./aspect-shape.tsx";
import { DurationSlider } from "./duration-slider.tsx";
import { TierSection } from "./tier-section.tsx";

type Props = {
  settings: DraftSettings;
  catalogue: CatalogueOffer | undefined;
  onChange: (part: Partial<DraftSettings>) => void;
};

/** How good, how large and how much of it: what the price depends on. */
export function OutputSection({ settings, catalogue, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <>
      {catalogue ? (
        <TierSection settings={settings} catalogue={catalogue} onChange={onChange} />
      ) : (
        <Skeleton h={170} />
      )}
      <ChoiceGroup
        legend={t("studio.aspect")}
        look="segments"
        columns={5}
        value={settings.aspectRatio}
        onChange={(aspectRatio) => onChange({ aspectRatio })}
        choices={aspectRatios.map((ratio) => ({
          value: ratio,
          label: ratio,
          picture: <AspectShape ratio={ratio} />,
        }))}
      />
      {settings.kind === "image" ? (
        <ChoiceGroup
          legend={t("studio.count")}
          look="segments"
          columns={4}
          value={settings.count}
          onChange={(count) => onChange({ count })}
          choices={Array.from({ length: catalogue?.limits.imagesPerJob ?? 4 }, (_, index) => ({
            value: index + 1,
            label: String(index + 1),
          }))}
        />
      ) : (
        <>
          <DurationSlider
            seconds={settings.durationSeconds}
            maximum={catalogue?.limits.videoSeconds ?? 15}
            onChange={(durationSeconds) => onChange({ durationSeconds })}
          />
          <ChoiceGroup
            legend={t("studio.camera")}
            look="pictures"
            columns={4}
            value={settings.cameraMove}
            onChange={(cameraMove) => onChange({ cameraMove })}
            choices={cameraMoves.map((move) => ({
              value: move,
              label: t(`cameraMoves.${move}`),
              picture: <PresetPicture folder="camera" name={move} />,
            }))}
          />
        </>
      )}
    </>
  );
}
