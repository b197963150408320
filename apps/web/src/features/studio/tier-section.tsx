import { ChoiceGroup } from "../../components/choice-group.tsx";
import type { CatalogueOffer } from "../../lib/api-types.ts";
import type { DraftSettings } from "../../lib/draft-settings.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { offeredModels, offeredQualities } from "./offers.ts";

type Props = {
  settings: DraftSettings;
  catalogue: CatalogueOffer;
  onChange: (part: Partial<DraftSettings>) => void;
};

/** Model × quality: only pairs that have a price, each with its size and what this job would cost in it. */
export function TierSection({ settings, catalogue, onChange }: Props) {
  const { t } = useTranslation();
  const qualities = offeredQualities(catalogue, settings);
  return (
    <>
      <ChoiceGroup
        legend={t("studio.modelTier")}
        look="segments"
        columns={3}
        value={settings.modelTier}
        onChange={(modelTier) => onChange({ modelTier })}
        choices={offeredModels(catalogue, settings).map((tier) => ({
          value: tier,
          label: t(`modelTiers.${tier}.title`),
          note: t(`modelTiers.${tier}.advice`),
        }))}
      />
      <ChoiceGroup
        legend={t("studio.quality")}
        look="segments"
        columns={Math.max(3, qualities.length)}
        value={settings.qualityTier}
        onChange={(qualityTier) => onChange({ qualityTier })}
        choices={qualities.map(({ qualityTier, pixels, credits }) => ({
          value: qualityTier,
          label: t(`qualityTiers.${qualityTier}`),
          note: t("studio.qualityNote", { pixels, price: t("units.credits", { count: credits }) }),
        }))}
      />
    </>
  );
}
