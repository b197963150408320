import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import {
  cameraMoves,
  generationSettings,
  modelPresets,
  posePresets,
  scenePresets,
} from "@tintype/core/generation";
import sharp, { type Sharp } from "sharp";
import { flatten } from "./compose/flatten.ts";
import { buildLayers, type Layers } from "./compose/layers.ts";
import { readLook } from "./look.ts";
import { prepareCutOut } from "./prepare.ts";
import { createFrameSource } from "./video/frames.ts";
import { framePixels } from "./video/poster.ts";

// Draws the pictures the web app shows for its presets and on its first page, from our own sample
// photo and with our own generator. Run it after the look of a scene has changed:
//   node packages/studio/src/make-preset-pictures.ts

const root = new URL("../../../", import.meta.url);
const photo = await readFile(new URL("fixtures/coffee.png", root));

const THUMBNAIL = 320;
/** Of the two large pictures of the first page, which apps/web/src/features/landing/hero.ts reads. */
const HERO_SIDES = [400, 640, 960];
const HERO_WEBP = { quality: 74, effort: 6 };
const HERO_AVIF = { quality: 48, effort: 8 };
const ANIMATION = { side: 224, frames: 14, delayMs: 110, quality: 42 };

type Settings = Record<string, unknown>;

async function layersOf(settings: Settings, side: number, overscan = 1): Promise<Layers> {
  const parsed = generationSettings.parse({ kind: "image", modelTier: "pro", ...settings });
  const size = { width: side, height: side };
  return buildLayers({
    cutOut: await prepareCutOut(parsed, photo, size, 1, () => {}),
    look: readLook(parsed),
    seed: parsed.seed,
    ...size,
    sceneSide: side,
    overscan,
    onStage: () => {},
  });
}

/** Drawn larger and made smaller: fine edges for a few kilobytes. */
async function still(name: string, settings: Settings, side: number, quality: number) {
  const picture = await draw(settings, Math.max(side, 640));
  const bytes = await picture.resize(side, side).webp({ quality, effort: 6 }).toBuffer();
  await save(`public/presets/${name}.webp`, bytes);
}

async function draw(settings: Settings, side: number): Promise<Sharp> {
  const { scene, subject, position } = await layersOf(settings, side);
  const size = { width: side, height: side };
  const pixels = flatten(scene, subject, position, size, 1);
  return sharp(pixels, { raw: { ...size, channels: 3 } });
}

/** In each size that a window may need, for browsers that read AVIF and for those that do not. */
async function hero(name: string, picture: Sharp) {
  for (const side of HERO_SIDES) {
    const sized = picture.clone().resize(side, side);
    const file = `src/features/landing/hero/${name}-${side}`;
    await save(`${file}.webp`, await sized.clone().webp(HERO_WEBP).toBuffer());
    await save(`${file}.avif`, await sized.avif(HERO_AVIF).toBuffer());
  }
}

async function animation(name: string, cameraMove: (typeof cameraMoves)[number]) {
  const { side, frames, delayMs, quality } = ANIMATION;
  const layers = await layersOf({ scene: "wood_table", modelTier: "standard" }, side, 1.24);
  const source = createFrameSource(layers, side, side, cameraMove, 1);
  const strip = Buffer.concat(
    Array.from({ length: frames }, (_, n) => {
      // There and back again, so that the loop has no jump.
      const time = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / frames);
      return framePixels(source.frameAt(time), side, side);
    }),
  );
  const picture = sharp(strip, {
    raw: { width: side, height: side * frames, channels: 3, pageHeight: side },
  });
  const delay = Array.from({ length: frames }, () => delayMs);
  const bytes = await picture.webp({ quality, effort: 6, loop: 0, delay }).toBuffer();
  await save(`public/presets/${name}.webp`, bytes);
}

async function save(name: string, bytes: Uint8Array): Promise<void> {
  const path = fileURLToPath(new URL(`apps/web/${name}`, root));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  process.stdout.write(`${name} ${Math.round(bytes.length / 1024)} kB\n`);
}

for (const scene of scenePresets) await still(`scene/${scene}`, { scene }, THUMBNAIL, 72);
for (const pose of posePresets)
  await still(`pose/${pose}`, { pose, scene: "dark", prompt: "grey" }, THUMBNAIL, 72);
for (const model of modelPresets) {
  await still(`model/${model}`, { model, prompt: "beige" }, THUMBNAIL, 72);
}
for (const move of cameraMoves) await animation(`camera/${move}`, move);

await hero("after", await draw({ scene: "podium", prompt: "peach" }, Math.max(...HERO_SIDES)));
await hero("before", sharp(photo));
process.exit(0);
