import { type Price, priceOf } from "@tintype/core/catalogue";
import {
  type ModelTier,
  modelTiers,
  type QualityTier,
  qualityPixels,
  qualityTiers,
  videoPixels,
} from "@tintype/core/generation";
import type { Settings } from "../../lib/api-types.ts";
import { type DraftSettings, toSettings } from "../../lib/draft-settings.ts";

/** The part of the catalogue that decides what can be chosen. */
export type Offer = {
  prices: readonly Price[];
  limits: { videoSeconds: number; imagesPerJob: number };
};

export type QualityOffer = { qualityTier: QualityTier; pixels: number; credits: number };

type Kind = Pick<DraftSettings, "kind">;

/** Model tiers that have at least one price for this kind of job, in the order of core. */
export const offeredModels = ({ prices }: Offer, { kind }: Kind): ModelTier[] =>
  modelTiers.filter((tier) =>
    prices.some((price) => price.kind === kind && price.modelTier === tier),
  );

/** Quality tiers that can be bought with the draft's model tier, with what this very job would cost. */
export function offeredQualities({ prices }: Offer, draft: DraftSettings): QualityOffer[] {
  const { kind, modelTier } = draft;
  const pixels = kind === "video" ? videoPixels : qualityPixels;
  const settings: Settings = toSettings(draft);
  return qualityTiers.flatMap((qualityTier) => {
    const price = prices.find(
      (row) => row.kind === kind && row.modelTier === modelTier && row.qualityTier === qualityTier,
    );
    if (!price) return [];
    return [
      { qualityTier, pixels: pixels[qualityTier], credits: priceOf(settings, price).credits },
    ];
  });
}

/**
 * The changes that keep a draft buyable in this catalogue: another quality when the tier has no
 * price, a shorter video when the limit is lower. Empty when the draft is fine.
 */
export function toBuyable(catalogue: Offer, draft: DraftSettings): Partial<DraftSettings> {
  const change: Partial<DraftSettings> = {};
  const models = offeredModels(catalogue, draft);
  const modelTier = models.includes(draft.modelTier) ? draft.modelTier : models[0];
  if (modelTier && modelTier !== draft.modelTier) change.modelTier = modelTier;

  const qualities = offeredQualities(catalogue, { ...draft, ...change });
  const wanted = qualities.some(({ qualityTier }) => qualityTier === draft.qualityTier);
  const best = qualities.find(({ qualityTier }) => qualityTier === "standard") ?? qualities[0];
  if (!wanted && best) change.qualityTier = best.qualityTier;

  const { videoSeconds, imagesPerJob } = catalogue.limits;
  if (draft.durationSeconds > videoSeconds) change.durationSeconds = videoSeconds;
  if (draft.count > imagesPerJob) change.count = imagesPerJob;
  return change;
}
