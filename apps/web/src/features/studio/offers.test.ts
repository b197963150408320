import { cataloguePresets } from "@tintype/core/catalogue-presets";
import { generationSettings } from "@tintype/core/generation";
import { expect, test } from "vitest";
import { defaultSettings, readSettings, toSettings } from "../../lib/draft-settings.ts";
import { type Offer, offeredQualities, toBuyable } from "./offers.ts";

const catalogue: Offer = {
  prices: cataloguePresets.studio.prices,
  limits: { videoSeconds: 15, imagesPerJob: 4 },
};

test("only qualities that have a price are offered, each with what this job would cost", () => {
  const offers = offeredQualities(catalogue, { ...defaultSettings(), count: 2 });
  expect(offers).toEqual([
    { qualityTier: "watermark", pixels: 768, credits: 4 },
    { qualityTier: "standard", pixels: 1024, credits: 10 },
    { qualityTier: "hd", pixels: 1536, credits: 16 },
  ]);
});

test("a draft that cannot be bought becomes one that can", () => {
  const draft = {
    ...defaultSettings(),
    kind: "video" as const,
    modelTier: "ultra" as const,
    qualityTier: "watermark" as const,
    durationSeconds: 40,
  };
  const change = toBuyable(catalogue, draft);
  expect(change).toEqual({ qualityTier: "standard", durationSeconds: 15 });
  expect(toBuyable(catalogue, { ...draft, ...change })).toEqual({});
});

test("whatever was stored, the form sends settings that the server accepts", () => {
  const stored = { kind: "video", scene: "gone", durationSeconds: 2.5, seed: -1, prompt: 7 };
  expect(generationSettings.safeParse(toSettings(readSettings(stored))).success).toBe(true);
  expect(generationSettings.safeParse(toSettings(defaultSettings())).success).toBe(true);
});
