import type { GenerationSettings, JobKind, ModelTier, QualityTier } from "./generation.ts";

/** A unit of generation that a price counts: seconds of video, images, or uses of a tool (seed 004). */
export const priceUnits = ["second", "image", "use"] as const;
export type PriceUnit = (typeof priceUnits)[number];

/**
 * One row of the price list. Whole numbers only, so that no price is ever a float:
 * credits in thousandths, multipliers in hundredths, dollars in millionths.
 */
export type Price = {
  kind: JobKind;
  modelTier: ModelTier;
  qualityTier: QualityTier;
  unit: PriceUnit;
  milliCreditsPerUnit: number;
  multiplierPercent: number;
  /** Seed 000's `base_price_per_second`, in millionths of a US dollar per unit: what overage is billed in. */
  basePriceMicros: number;
  /** Share of the held credits that is kept when a job is cancelled after a worker has taken it. */
  cancelFeePercent: number;
};

export type PriceBreakdown = {
  unit: PriceUnit;
  units: number;
  milliCreditsPerUnit: number;
  multiplierPercent: number;
  credits: number;
};

export const unitsOf = (settings: GenerationSettings, unit: PriceUnit): number => {
  if (unit === "second") return settings.kind === "video" ? settings.durationSeconds : 0;
  return settings.kind === "image" ? settings.count : 1;
};

type PricePerUnit = Pick<Price, "unit" | "milliCreditsPerUnit" | "multiplierPercent">;

/** Credits for so many units. The only rounding of the product: up, once, for the whole job. */
export const creditsFor = (units: number, price: PricePerUnit): number => {
  const scale = 100_000;
  const exact = BigInt(units) * BigInt(price.milliCreditsPerUnit) * BigInt(price.multiplierPercent);
  return Number((exact + BigInt(scale - 1)) / BigInt(scale));
};

export function priceOf(settings: GenerationSettings, price: PricePerUnit): PriceBreakdown {
  const { unit, milliCreditsPerUnit, multiplierPercent } = price;
  const units = unitsOf(settings, unit);
  return { unit, units, milliCreditsPerUnit, multiplierPercent, credits: creditsFor(units, price) };
}

/** What a cancel costs once a worker has the job: rounded down, in the user's favour. */
export const cancelFee = (credits: number, cancelFeePercent: number): number =>
  Math.floor((credits * cancelFeePercent) / 100);

export type Plan = {
  code: string;
  name: string;
  priceCents: number;
  currency: "usd";
  interval: "month" | "year";
  allowanceCredits: number;
};

export type Pack = {
  code: string;
  name: string;
  priceCents: number;
  currency: "usd";
  credits: number;
};

export type Rewards = {
  welcomeCredits: number;
  welcomeExpiresDays: number | null;
  referralCredits: number;
  streakCredits: number;
};

export const catalogueNames = ["studio", "packs", "wallet"] as const;
export type CatalogueName = (typeof catalogueNames)[number];

/** Everything an operator may price. Chosen by `CATALOG` on first start, edited by admins afterwards. */
export type Catalogue = {
  name: CatalogueName;
  prices: readonly Price[];
  plans: readonly Plan[];
  packs: readonly Pack[];
  rewards: Rewards;
};

export type PriceView = Price & { id: string; validUntil: Date | null };

/** What `catalogue.get` answers to everybody, signed in or not. */
export type CatalogueView = {
  name: CatalogueName;
  prices: PriceView[];
  plans: Plan[];
  packs: Pack[];
  rewards: Rewards;
  limits: {
    /** The longest video the generator in use can make. */
    videoSeconds: number;
    imagesPerJob: number;
    promptCharacters: number;
    jobsPerHour: number;
    uploadBytes: number;
  };
};
