import sharp from "sharp";
import type { CutOut } from "../cut-out/cut-out.ts";
import type { Look } from "../look.ts";
import { softBlur } from "../pixels/blur.ts";
import { luminance, toLinear } from "../pixels/light.ts";
import { clamp, mix, smoothstep } from "../pixels/numbers.ts";
import { type Scenery, warmthTint } from "../scene/scenery.ts";

/** The subject under the scene's light: linear, premultiplied RGBA. */
export type SubjectLayer = { light: Float32Array; width: number; height: number };

/** Light is smooth, so it is worked out on a picture of at most this side. */
const LIGHT_MAP_SIDE = 420;

/** @param width pixels the subject will have in the picture */
export async function lightSubject(
  cutOut: CutOut,
  scenery: Scenery,
  look: Look,
  width: number,
  height: number,
): Promise<SubjectLayer> {
  const bytes = await resizeCutOut(cutOut, width, height);
  const shrink = Math.min(1, LIGHT_MAP_SIDE / Math.max(width, height));
  const mapWidth = Math.max(2, Math.round(width * shrink));
  const mapHeight = Math.max(2, Math.round(height * shrink));
  const small = await resizeCutOut(cutOut, mapWidth, mapHeight);
  const map = createLightMap(small, mapWidth, mapHeight, scenery, look);

  const light = new Float32Array(width * height * 4);
  const sample = new Float32Array(6);
  for (let y = 0; y < height; y++) {
    const mapY = ((y + 0.5) / height) * mapHeight - 0.5;
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const alpha = bytes[at + 3] / 255;
      if (alpha === 0) continue;
      sampleMap(map, mapWidth, mapHeight, ((x + 0.5) / width) * mapWidth - 0.5, mapY, sample);
      for (let c = 0; c < 3; c++) {
        light[at + c] = (toLinear(bytes[at + c]) * sample[c] + sample[c + 3]) * alpha;
      }
      light[at + 3] = alpha;
    }
  }
  if (look.model === "fashion_model_v1") addGlow({ light, width, height });
  return { light, width, height };
}

function resizeCutOut(cutOut: CutOut, width: number, height: number): Promise<Uint8Array> {
  return sharp(cutOut.data, { raw: { width: cutOut.width, height: cutOut.height, channels: 4 } })
    .resize(width, height, { kernel: "lanczos3", fit: "fill" })
    .raw()
    .toBuffer();
}

/**
 * Six values a cell: how much each colour is multiplied, and what is added on top. The subject is
 * read as a cushion that bulges towards us: its outline tells where it turns away.
 */
function createLightMap(
  pixels: Uint8Array,
  width: number,
  height: number,
  scenery: Scenery,
  look: Look,
): Float32Array {
  const alpha = new Float32Array(width * height);
  for (let i = 0; i < alpha.length; i++) alpha[i] = pixels[i * 4 + 3] / 255;
  const side = Math.min(width, height);
  const bulge = softBlur(alpha, width, height, side / 8);
  const edge = softBlur(alpha, width, height, side / 55);
  const exposure = matchExposure(pixels, alpha, scenery, look);
  const soft = look.model === "fashion_model_v1";
  const shaping = (soft ? 0.1 : 0.18) * (look.dramatic ? 2.1 : 1);
  const tint = warmthTint(look.warmth);
  const map = new Float32Array(width * height * 6);
  for (let y = 0; y < height; y++) {
    const above = Math.max(0, y - 2) * width;
    const below = Math.min(height - 1, y + 2) * width;
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const slopeX =
        (bulge[y * width + Math.min(width - 1, x + 2)] - bulge[y * width + Math.max(0, x - 2)]) *
        side *
        0.09;
      const slopeY = (bulge[below + x] - bulge[above + x]) * side * 0.09;
      const across = (x / width - 0.5) * 2 * look.lightSide;
      const facing = clamp(-slopeX * look.lightSide * 0.7 + slopeY * 0.55, -1, 1) + across * 0.35;
      const turning = smoothstep(0.97, 0.55, edge[i]);
      const rim = turning * Math.max(0, facing + 0.1) * scenery.rimLight;
      const fromFloor = turning * smoothstep(0.4, 1, y / height);
      for (let c = 0; c < 3; c++) {
        const key = scenery.keyLight[c] * (1 + shaping * facing);
        const fill = mix(1, scenery.ambient[c], 0.22 + 0.3 * fromFloor);
        // Most of the edge light takes the subject's colour; pure white would look like a bad cut.
        map[i * 6 + c] = exposure * key * fill * tint[c] * (1 + rim * 0.9);
        map[i * 6 + 3 + c] = rim * 0.025 * scenery.keyLight[c] * exposure;
      }
    }
  }
  return map;
}

/** A photo taken in the dark is lifted, a glaring one is held back; the user's exposure is otherwise kept. */
function matchExposure(
  pixels: Uint8Array,
  alpha: Float32Array,
  scenery: Scenery,
  look: Look,
): number {
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < alpha.length; i++) {
    const at = i * 4;
    sum +=
      alpha[i] *
      luminance(toLinear(pixels[at]), toLinear(pixels[at + 1]), toLinear(pixels[at + 2]));
    weight += alpha[i];
  }
  const mean = sum / (weight || 1);
  const surroundings = luminance(...scenery.ambient) * 0.34;
  const matched = clamp((surroundings / Math.max(0.03, mean)) ** 0.24, 0.78, 1.42);
  return matched * (look.dramatic ? 0.86 : 1);
}

function sampleMap(
  map: Float32Array,
  width: number,
  height: number,
  x: number,
  y: number,
  out: Float32Array,
): void {
  const px = clamp(x, 0, width - 1.001);
  const py = clamp(y, 0, height - 1.001);
  const column = Math.floor(px);
  const row = Math.floor(py);
  const fx = px - column;
  const fy = py - row;
  const upper = (row * width + column) * 6;
  const lower = upper + width * 6;
  for (let c = 0; c < 6; c++) {
    const top = map[upper + c] + (map[upper + 6 + c] - map[upper + c]) * fx;
    const bottom = map[lower + c] + (map[lower + 6 + c] - map[lower + c]) * fx;
    out[c] = top + (bottom - top) * fy;
  }
}

/** Portrait light: bright parts bleed softly into their surroundings, as through a diffusion filter. */
function addGlow({ light, width, height }: SubjectLayer): void {
  const shrink = Math.max(1, Math.round(Math.max(width, height) / 500));
  const w = Math.ceil(width / shrink);
  const h = Math.ceil(height / shrink);
  const small = new Float32Array(w * h * 3);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const from = (Math.min(height - 1, y * shrink) * width + Math.min(width - 1, x * shrink)) * 4;
      for (let c = 0; c < 3; c++) small[(y * w + x) * 3 + c] = light[from + c];
    }
  }
  const glow = softBlur(small, w, h, Math.max(w, h) / 40, 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const alpha = light[at + 3];
      const from = (Math.min(h - 1, (y / shrink) | 0) * w + Math.min(w - 1, (x / shrink) | 0)) * 3;
      for (let c = 0; c < 3; c++) {
        const value = light[at + c];
        const halo = glow[from + c] * alpha;
        // The lift opens the shadows: portrait light has no black.
        light[at + c] =
          value * 0.88 + halo * 0.22 + Math.max(0, halo - value) * 0.16 + 0.008 * alpha;
      }
    }
  }
}
