import { type ImageSettings, type QualityTier, qualityPixels } from "@tintype/core/generation";
import sharp from "sharp";
import { flatten } from "./compose/flatten.ts";
import { buildLayers } from "./compose/layers.ts";
import { watermarkTile } from "./compose/watermark.ts";
import type { CutOut } from "./cut-out/cut-out.ts";
import { readLook } from "./look.ts";
import { prepareCutOut } from "./prepare.ts";
import { efforts, frameSize, type ReportProgress, type StudioOutput } from "./request.ts";

const jpegQuality: Record<QualityTier, number> = {
  watermark: 80,
  standard: 88,
  hd: 90,
  ultra_hd: 92,
  studio: 93,
};
const FULL_COLOUR_FROM = 92;

/** Pictures of one job: one cut-out, a new seed each. */
export async function generateImages(
  settings: ImageSettings,
  input: Uint8Array,
  report: ReportProgress,
): Promise<StudioOutput[]> {
  const size = frameSize(settings.aspectRatio, qualityPixels[settings.qualityTier]);
  const cutOut = await prepareCutOut(settings, input, size, 50, report);
  const outputs: StudioOutput[] = [];
  for (let n = 0; n < settings.count; n++) {
    const share = 48 / settings.count;
    const start = 50 + n * share;
    outputs.push(
      await generateImage(settings, cutOut, settings.seed + n, size, (part, stage) =>
        report(start + (part / 100) * share, stage),
      ),
    );
  }
  return outputs;
}

async function generateImage(
  settings: ImageSettings,
  cutOut: CutOut,
  seed: number,
  size: { width: number; height: number },
  report: ReportProgress,
): Promise<StudioOutput> {
  const effort = efforts[settings.modelTier];
  const longSide = Math.max(size.width, size.height);
  const { scene, subject, position } = await buildLayers({
    cutOut,
    look: readLook(settings),
    seed,
    ...size,
    sceneSide: Math.min(longSide, effort.sceneSide),
    overscan: 1,
    onStage: (stage) => report(stage === "building_scene" ? 0 : 45, stage),
  });
  report(70, "rendering");
  const pixels = flatten(scene, subject, position, size, seed);
  report(88, "encoding");
  const bytes = await encodeJpeg(pixels, size, settings.qualityTier, effort.sharpen);
  return { bytes, contentType: "image/jpeg", ...size };
}

async function encodeJpeg(
  pixels: Uint8Array,
  size: { width: number; height: number },
  tier: QualityTier,
  sharpen: boolean,
): Promise<Uint8Array> {
  let picture = sharp(pixels, { raw: { ...size, channels: 3 } });
  if (sharpen) picture = picture.sharpen({ sigma: 0.7, m1: 0.35, m2: 1.1 });
  if (tier === "watermark") {
    const tile = await watermarkTile(Math.max(size.width, size.height));
    picture = picture.composite([{ input: tile, tile: true }]);
  }
  const quality = jpegQuality[tier];
  return picture
    .jpeg({ quality, chromaSubsampling: quality >= FULL_COLOUR_FROM ? "4:4:4" : "4:2:0" })
    .withIccProfile("srgb")
    .withExif({
      IFD0: {
        Software: "Tintype built-in studio",
        ImageDescription: "AI-generated composite",
      },
    })
    .toBuffer();
}
