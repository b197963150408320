import type { Catalogue, CatalogueName, Plan, Price, PriceUnit } from "./catalogue.ts";
import type { JobKind, ModelTier, QualityTier } from "./generation.ts";

type Tier = [ModelTier, QualityTier, basePriceMicros: number, multiplierPercent: number];

/** Seed 000, "Seed Pricing Data": base price per second in dollars and multiplier, row for row. */
const seedPricing: readonly Tier[] = [
  ["standard", "watermark", 10_000, 100],
  ["standard", "standard", 15_000, 120],
  ["standard", "hd", 20_000, 150],
  ["pro", "watermark", 20_000, 100],
  ["pro", "standard", 30_000, 120],
  ["pro", "hd", 40_000, 150],
  ["pro", "ultra_hd", 60_000, 200],
  ["ultra", "standard", 50_000, 100],
  ["ultra", "hd", 70_000, 130],
  ["ultra", "ultra_hd", 100_000, 180],
  ["ultra", "studio", 150_000, 250],
];

/** Pictures are priced around the standard one, so that "a standard image costs 5" holds to the credit. */
const imageMultipliers: Record<QualityTier, number> = {
  watermark: 40,
  standard: 100,
  hd: 160,
  ultra_hd: 240,
  studio: 400,
};

type Rates = { unit: PriceUnit; milliCredits: Record<ModelTier, number> };

function pricesOf(
  kind: JobKind,
  rates: Rates,
  multiplierOf: (tier: Tier) => number,
  baseUnits: number,
): Price[] {
  return seedPricing.map((tier) => {
    const [modelTier, qualityTier, basePriceMicros] = tier;
    return {
      kind,
      modelTier,
      qualityTier,
      unit: rates.unit,
      milliCreditsPerUnit: rates.milliCredits[modelTier],
      multiplierPercent: multiplierOf(tier),
      basePriceMicros: basePriceMicros * baseUnits,
      cancelFeePercent: 0,
    };
  });
}

const imageMultiplier = ([, qualityTier]: Tier) => imageMultipliers[qualityTier];
const seedMultiplier = ([, , , multiplierPercent]: Tier) => multiplierPercent;

const imagesAtFive = pricesOf(
  "image",
  { unit: "image", milliCredits: { standard: 5_000, pro: 8_000, ultra: 12_000 } },
  imageMultiplier,
  5,
);

const monthly = (
  code: string,
  name: string,
  priceCents: number,
  allowanceCredits: number,
): Plan => ({
  code,
  name,
  priceCents,
  currency: "usd",
  interval: "month",
  allowanceCredits,
});

/** The same credits each month, paid once a year: twelve months for the price of ten. */
const annual = (plan: Plan): Plan => ({
  ...plan,
  ...{ code: `${plan.code}_year`, name: `${plan.name} Annual`, interval: "year" },
  priceCents: plan.priceCents * 10,
});

const pack = (code: string, name: string, priceCents: number, credits: number) =>
  ({ code, name, priceCents, currency: "usd", credits }) as const;

/** Seed 000, "Monthly Plans". */
const studioPlans = [
  monthly("creator", "Creator", 2_900, 1_800),
  monthly("pro", "Pro", 7_900, 7_200),
  monthly("agency", "Agency", 19_900, 18_000),
  monthly("studio", "Studio", 39_900, 36_000),
];

/** Seeds 000 + 002: a credit is one second of standard video. */
const studio: Catalogue = {
  name: "studio",
  prices: [
    ...imagesAtFive,
    ...pricesOf(
      "video",
      { unit: "second", milliCredits: { standard: 1_000, pro: 2_000, ultra: 3_000 } },
      seedMultiplier,
      1,
    ),
  ],
  plans: [...studioPlans, ...studioPlans.map(annual)],
  packs: [
    pack("bundle_30m", "30 minutes", 1_900, 1_800),
    pack("bundle_2h", "2 hours", 5_900, 7_200),
    pack("bundle_5h", "5 hours", 12_900, 18_000),
  ],
  rewards: { welcomeCredits: 10, welcomeExpiresDays: null, referralCredits: 10, streakCredits: 1 },
};

/** Seed 001: an image is 5 credits, a five-second video 50; packs only. */
const packs: Catalogue = {
  name: "packs",
  prices: [
    ...imagesAtFive,
    ...pricesOf(
      "video",
      { unit: "second", milliCredits: { standard: 10_000, pro: 16_000, ultra: 24_000 } },
      imageMultiplier,
      1,
    ),
  ],
  plans: [],
  packs: [pack("credits_500", "500 credits", 1_000, 500)],
  rewards: { welcomeCredits: 10, welcomeExpiresDays: null, referralCredits: 10, streakCredits: 1 },
};

/** Seed 004: a price per use of an agent (tool), one monthly plan and three top-ups. */
const wallet: Catalogue = {
  name: "wallet",
  prices: [
    ...pricesOf(
      "image",
      { unit: "use", milliCredits: { standard: 2_000, pro: 3_000, ultra: 5_000 } },
      imageMultiplier,
      5,
    ),
    ...pricesOf(
      "video",
      { unit: "use", milliCredits: { standard: 5_000, pro: 8_000, ultra: 12_000 } },
      imageMultiplier,
      5,
    ),
  ],
  plans: [monthly("monthly", "Monthly", 999, 250)],
  packs: [
    pack("credits_100", "100 credits", 499, 100),
    pack("credits_500", "500 credits", 1_999, 500),
    pack("credits_1500", "1,500 credits", 4_999, 1_500),
  ],
  rewards: { welcomeCredits: 5, welcomeExpiresDays: null, referralCredits: 5, streakCredits: 1 },
};

export const cataloguePresets: Record<CatalogueName, Catalogue> = { studio, packs, wallet };
