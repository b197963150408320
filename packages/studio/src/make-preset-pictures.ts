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
import sharp from "sharp";
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
const HERO = 960;
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
  const drawn = Math.max(side, 640);
  const { scene, subject, position } = await layersOf(settings, drawn);
  const size = { width: drawn, height: drawn };
  const pixels = flatten(scene, subject, position, size, 1);
  const picture = sharp(pixels, { raw: { ...size, channels: 3 } }).resize(side, side);
  await save(name, await picture.webp({ quality, effort: 6 }).toBuffer());
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
  await save(name, await picture.webp({ quality, effort: 6, loop: 0, delay }).toBuffer());
}

async function save(name: string, bytes: Uint8Array): Promise<void> {
  const path = fileURLToPath(new URL(`apps/web/public/presets/${name}.webp`, root));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  process.stdout.write(`${name}.webp ${Math.round(bytes.length / 1024)} kB\n`);
}

for (const scene of scenePresets) await still(`scene/${scene}`, { scene }, THUMBNAIL, 72);
for (const pose of posePresets)
  await still(`pose/${pose}`, { pose, scene: "dark", prompt: "grey" }, THUMBNAIL, 72);
for (const model of modelPresets) {
  await still(`model/${model}`, { model, prompt: "beige" }, THUMBNAIL, 72);
}
for (const move of cameraMoves) await animation(`camera/${move}`, move);

await still("after-marble", { scene: "marble" }, HERO, 76);
await still("after-outdoor", { scene: "outdoor_bokeh", seed: 2 }, HERO, 74);
await still("after-podium", { scene: "podium", prompt: "peach" }, HERO, 80);
const before = sharp(photo).resize(HERO).webp({ quality: 76, effort: 6 });
await save("before", await before.toBuffer());
process.exit(0);
