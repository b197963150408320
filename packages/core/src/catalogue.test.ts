import fc from "fast-check";
import { expect, test } from "vitest";
import { creditsFor, priceOf } from "./catalogue.ts";
import { cataloguePresets } from "./catalogue-presets.ts";
import { type GenerationSettings, generationSettings } from "./generation.ts";

const settings = (input: object): GenerationSettings => generationSettings.parse(input);
const priceIn = (name: keyof typeof cataloguePresets, wanted: GenerationSettings) => {
  const row = cataloguePresets[name].prices.find(
    (price) =>
      price.kind === wanted.kind &&
      price.modelTier === wanted.modelTier &&
      price.qualityTier === wanted.qualityTier,
  );
  if (!row) throw new Error("no such price");
  return priceOf(wanted, row).credits;
};

test("a standard image costs 5 credits in the studio and packs catalogues", () => {
  expect(priceIn("studio", settings({ kind: "image" }))).toBe(5);
  expect(priceIn("packs", settings({ kind: "image" }))).toBe(5);
});

test("a five-second video costs 50 credits in the packs catalogue, as seed 001 says", () => {
  expect(priceIn("packs", settings({ kind: "video" }))).toBe(50);
});

test("one second of the plainest video is one credit in the studio catalogue", () => {
  const plain = settings({ kind: "video", durationSeconds: 30, qualityTier: "watermark" });
  expect(priceIn("studio", plain)).toBe(30);
});

test("the wallet catalogue charges a use, however long the video is", () => {
  const short = settings({ kind: "video", durationSeconds: 1 });
  const long = settings({ kind: "video", durationSeconds: 15 });
  expect(priceIn("wallet", short)).toBe(priceIn("wallet", long));
});

test("every preset prices the same tiers for images as for videos, as seed 000's table has them", () => {
  for (const { prices } of Object.values(cataloguePresets)) {
    expect(prices.filter(({ kind }) => kind === "image")).toHaveLength(11);
    expect(prices.filter(({ kind }) => kind === "video")).toHaveLength(11);
  }
});

test("the price is rounded up once, never per unit and never down", () => {
  const price = fc.record({
    unit: fc.constant("second" as const),
    milliCreditsPerUnit: fc.integer({ min: 1, max: 100_000 }),
    multiplierPercent: fc.integer({ min: 1, max: 1_000 }),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_600 }), price, (units, row) => {
      const credits = creditsFor(units, row);
      const exact = BigInt(units) * BigInt(row.milliCreditsPerUnit) * BigInt(row.multiplierPercent);
      expect(BigInt(credits) * 100_000n).toBeGreaterThanOrEqual(exact);
      expect((BigInt(credits) - 1n) * 100_000n).toBeLessThan(exact);
    }),
  );
});
