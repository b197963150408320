import { creditsFor } from "@tintype/core/catalogue";
import { cataloguePresets } from "@tintype/core/catalogue-presets";
import { expect, test } from "vitest";
import { smallestEnough } from "./smallest-enough.ts";
import { unitsFor, worthOf } from "./worth.ts";

test("what credits are said to buy can be bought with them, and not one unit more", () => {
  for (const { prices } of Object.values(cataloguePresets)) {
    for (const price of prices) {
      for (const credits of [1, 7, 99, 500, 36_000]) {
        const units = unitsFor(credits, price);
        expect(creditsFor(units, price)).toBeLessThanOrEqual(credits);
        expect(creditsFor(units + 1, price)).toBeGreaterThan(credits);
      }
    }
  }
});

test("a price list says what a credit buys in its own units", () => {
  const quality = "standard";
  expect(worthOf(500, cataloguePresets.packs.prices)).toEqual([
    { kind: "video", quality, unit: "second", units: 50 },
    { kind: "image", quality, unit: "image", units: 100 },
  ]);
  expect(worthOf(500, cataloguePresets.wallet.prices)).toEqual([
    { kind: "video", quality, unit: "use", units: 100 },
    { kind: "image", quality, unit: "use", units: 250 },
  ]);
  expect(worthOf(1, cataloguePresets.packs.prices)).toEqual([]);
});

test("a pack that is named after its minutes says of which quality these are", () => {
  const { packs, prices } = cataloguePresets.studio;
  const named = packs.find(({ name }) => name === "30 minutes");
  expect(worthOf(named?.credits ?? 0, prices)).toMatchObject([
    { kind: "video", quality: "proof", units: 30 * 60 },
    { kind: "video", quality: "standard", units: 25 * 60 },
    { kind: "image", quality: "standard", units: 360 },
  ]);
});

test("the pack that is offered is the smallest that is enough, and none when none is", () => {
  const { packs } = cataloguePresets.wallet;
  const offered = (missing: number) => smallestEnough(packs, missing)?.code;
  expect(offered(1)).toBe("credits_100");
  expect(offered(100)).toBe("credits_100");
  expect(offered(101)).toBe("credits_500");
  expect(offered(1_501)).toBeUndefined();
  expect(smallestEnough(packs.toReversed(), 101)?.code).toBe("credits_500");
});
