import { createGrain, grainAt } from "../compose/flatten.ts";
import type { SubjectLayer } from "../compose/subject-layer.ts";
import { toDisplay } from "../pixels/light.ts";
import { clamp } from "../pixels/numbers.ts";
import type { RenderedScene } from "../scene/render-scene.ts";

/**
 * A picture as video stores it (BT.709, limited range), brightness at full and colour at half size.
 * Values are in 1/64 steps so that gradients survive resampling.
 */
export type Planes = { luma: Plane; blue: Plane; red: Plane };
export type Plane = { data: Uint16Array; width: number; height: number };

/** The subject's values are premultiplied with `alpha` (0 … 1); colour at full size. */
export type SubjectPlanes = {
  width: number;
  height: number;
  alpha: Float32Array;
  luma: Float32Array;
  blue: Float32Array;
  red: Float32Array;
};

export const STEPS = 64;

const lumaOf = (r: number, g: number, b: number) => 16 + 0.1826 * r + 0.6142 * g + 0.062 * b;
const blueOf = (r: number, g: number, b: number) => 128 - 0.1006 * r - 0.3386 * g + 0.4392 * b;
const redOf = (r: number, g: number, b: number) => 128 + 0.4392 * r - 0.3989 * g - 0.0403 * b;

/** @param width even pixels of the finished planes, whatever the scene's own size */
export function scenePlanes(
  scene: RenderedScene,
  width: number,
  height: number,
  seed: number,
): Planes {
  const luma = new Uint16Array(width * height);
  const blue = new Uint16Array((width * height) / 4);
  const red = new Uint16Array((width * height) / 4);
  const grain = createGrain(seed, 2.6);
  const pixel = new Float32Array(3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      sampleScene(scene, (x + 0.5) / width, (y + 0.5) / height, pixel);
      const [r, g, b] = [toDisplay(pixel[0]), toDisplay(pixel[1]), toDisplay(pixel[2])];
      const value = lumaOf(r, g, b) + grainAt(grain, x, y) * 0.86;
      luma[y * width + x] = clamp(value, 16, 235) * STEPS;
      if (x & 1 || y & 1) continue;
      const at = (y >> 1) * (width >> 1) + (x >> 1);
      blue[at] = clamp(blueOf(r, g, b), 16, 240) * STEPS;
      red[at] = clamp(redOf(r, g, b), 16, 240) * STEPS;
    }
  }
  const half = { width: width >> 1, height: height >> 1 };
  return {
    luma: { data: luma, width, height },
    blue: { data: blue, ...half },
    red: { data: red, ...half },
  };
}

function sampleScene(scene: RenderedScene, u: number, v: number, out: Float32Array): void {
  const { width, height, light } = scene;
  const px = clamp(u * width - 0.5, 0, width - 1.001);
  const py = clamp(v * height - 0.5, 0, height - 1.001);
  const fx = px - Math.floor(px);
  const fy = py - Math.floor(py);
  const upper = (Math.floor(py) * width + Math.floor(px)) * 3;
  const lower = upper + width * 3;
  for (let c = 0; c < 3; c++) {
    const top = light[upper + c] + (light[upper + 3 + c] - light[upper + c]) * fx;
    const bottom = light[lower + c] + (light[lower + 3 + c] - light[lower + c]) * fx;
    out[c] = top + (bottom - top) * fy;
  }
}

export function subjectPlanes({ light, width, height }: SubjectLayer): SubjectPlanes {
  const count = width * height;
  const planes: SubjectPlanes = {
    width,
    height,
    alpha: new Float32Array(count),
    luma: new Float32Array(count),
    blue: new Float32Array(count),
    red: new Float32Array(count),
  };
  for (let i = 0; i < count; i++) {
    const alpha = light[i * 4 + 3];
    if (alpha < 1 / 512) continue;
    const r = toDisplay(light[i * 4] / alpha);
    const g = toDisplay(light[i * 4 + 1] / alpha);
    const b = toDisplay(light[i * 4 + 2] / alpha);
    planes.alpha[i] = alpha;
    planes.luma[i] = lumaOf(r, g, b) * alpha;
    planes.blue[i] = blueOf(r, g, b) * alpha;
    planes.red[i] = redOf(r, g, b) * alpha;
  }
  return planes;
}
