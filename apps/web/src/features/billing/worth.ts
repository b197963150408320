import type { Price } from "@tintype/core/catalogue";
import { type JobKind, jobKinds } from "@tintype/core/generation";

type PricePerUnit = Pick<Price, "unit" | "milliCreditsPerUnit" | "multiplierPercent">;

/** How many units so many credits buy: the most whose price, rounded up as `creditsFor` does, is not above them. */
export function unitsFor(credits: number, price: PricePerUnit): number {
  const each = BigInt(price.milliCreditsPerUnit) * BigInt(price.multiplierPercent);
  return each === 0n ? 0 : Number((BigInt(credits) * 100_000n) / each);
}

export type Worth = {
  kind: JobKind;
  quality: "proof" | "standard";
  unit: Price["unit"];
  units: number;
};

/** A proof may cost a credit a second: packs are named after those minutes, so they are told as well. */
function proofOf(credits: number, prices: readonly Price[]): Worth[] {
  const price = prices.find(
    (row) =>
      row.kind === "video" && row.modelTier === "standard" && row.qualityTier === "watermark",
  );
  const isNamesake = price?.unit === "second" && unitsFor(1, price) === 1;
  return isNamesake
    ? [{ kind: "video", quality: "proof", unit: "second", units: unitsFor(credits, price) }]
    : [];
}

/** What credits are good for at the standard prices of this catalogue, videos first. */
export function worthOf(credits: number, prices: readonly Price[]): Worth[] {
  const standard = jobKinds.toReversed().flatMap((kind): Worth[] => {
    const price = prices.find(
      (row) => row.kind === kind && row.modelTier === "standard" && row.qualityTier === "standard",
    );
    const units = price ? unitsFor(credits, price) : 0;
    return price && units > 0 ? [{ kind, quality: "standard", unit: price.unit, units }] : [];
  });
  return [...proofOf(credits, prices), ...standard];
}

/** Cents for a hundred credits, not rounded; a plan of a year brings its credits twelve times. */
export const centsPerHundred = (priceCents: number, credits: number): number =>
  credits === 0 ? 0 : (priceCents * 100) / credits;
