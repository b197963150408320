import type { Colour } from "../pixels/light.ts";
import { clamp, smoothstep } from "../pixels/numbers.ts";

/** A blurred picture that is looked up by screen position; small, because it has no detail. */
export type Backdrop = {
  width: number;
  height: number;
  light: Float32Array;
  halfWidth: number;
  halfHeight: number;
};

const SIDE = 512;

export function createBackdrop(
  halfWidth: number,
  halfHeight: number,
  paint: (x: number, y: number, out: Float32Array) => void,
): Backdrop {
  // Somewhat wider than the picture: the video camera looks around.
  const [reachX, reachY] = [halfWidth * 1.3, halfHeight * 1.3];
  const longest = Math.max(reachX, reachY);
  const width = Math.round((SIDE * reachX) / longest);
  const height = Math.round((SIDE * reachY) / longest);
  const light = new Float32Array(width * height * 3);
  const pixel = new Float32Array(3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      paint((x / (width - 1) - 0.5) * 2 * reachX, (y / (height - 1) - 0.5) * 2 * reachY, pixel);
      light.set(pixel, (y * width + x) * 3);
    }
  }
  return { width, height, light, halfWidth: reachX, halfHeight: reachY };
}

/** One out-of-focus point of light: an even disc with a slightly brighter rim, as lenses draw it. */
export function addDisc(
  { width, height, light, halfWidth, halfHeight }: Backdrop,
  disc: { x: number; y: number; radius: number; colour: Colour; strength: number },
): void {
  const perUnit = width / (2 * halfWidth);
  const centreX = (disc.x + halfWidth) * perUnit;
  const centreY = ((disc.y + halfHeight) * height) / (2 * halfHeight);
  const radius = disc.radius * perUnit;
  const reach = radius * 1.2;
  for (
    let y = Math.max(0, Math.floor(centreY - reach));
    y < Math.min(height, centreY + reach);
    y++
  ) {
    for (
      let x = Math.max(0, Math.floor(centreX - reach));
      x < Math.min(width, centreX + reach);
      x++
    ) {
      const r = Math.hypot(x - centreX, y - centreY) / radius;
      const body = smoothstep(1.1, 0.93, r) * (0.72 + 0.28 * smoothstep(0.5, 0.95, r));
      for (let c = 0; c < 3; c++) {
        light[(y * width + x) * 3 + c] += disc.colour[c] * disc.strength * body;
      }
    }
  }
}

export function sampleBackdrop(backdrop: Backdrop, x: number, y: number, out: Float32Array): void {
  const { width, height, light, halfWidth, halfHeight } = backdrop;
  const px = clamp(((x + halfWidth) / (2 * halfWidth)) * (width - 1), 0, width - 1.001);
  const py = clamp(((y + halfHeight) / (2 * halfHeight)) * (height - 1), 0, height - 1.001);
  const column = Math.floor(px);
  const row = Math.floor(py);
  const fx = px - column;
  const fy = py - row;
  const upper = (row * width + column) * 3;
  const lower = upper + width * 3;
  for (let c = 0; c < 3; c++) {
    const top = light[upper + c] + (light[upper + 3 + c] - light[upper + c]) * fx;
    const bottom = light[lower + c] + (light[lower + 3 + c] - light[lower + c]) * fx;
    out[c] = top + (bottom - top) * fy;
  }
}
