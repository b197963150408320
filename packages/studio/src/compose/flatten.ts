import { toDisplay } from "../pixels/light.ts";
import { clamp, randomFrom } from "../pixels/numbers.ts";
import type { RenderedScene } from "../scene/render-scene.ts";
import type { SubjectLayer } from "./subject-layer.ts";

const GRAIN_SIDE = 512;

/** Triangular noise around 0, in display steps: hides the bands of 8-bit gradients and gives the scene a sensor's texture. */
export function createGrain(seed: number, strength: number): Float32Array {
  const random = randomFrom(seed + 99);
  const grain = new Float32Array(GRAIN_SIDE * GRAIN_SIDE);
  for (let i = 0; i < grain.length; i++) grain[i] = (random() + random() - 1) * strength;
  return grain;
}

export const grainAt = (grain: Float32Array, x: number, y: number) =>
  grain[(y & (GRAIN_SIDE - 1)) * GRAIN_SIDE + (x & (GRAIN_SIDE - 1))];

/** Lays the subject over the scene and makes sRGB bytes. The scene may be smaller than the picture. */
export function flatten(
  scene: RenderedScene,
  subject: SubjectLayer,
  position: { x: number; y: number },
  size: { width: number; height: number },
  seed: number,
): Uint8Array {
  const { width, height } = size;
  const grain = createGrain(seed, 2.1);
  const picture = new Uint8Array(width * height * 3);
  const row = new Float32Array(scene.width * 3);
  const scaleX = scene.width / width;
  const scaleY = scene.height / height;
  for (let y = 0; y < height; y++) {
    blendRows(scene, clamp((y + 0.5) * scaleY - 0.5, 0, scene.height - 1.001), row);
    const subjectRow = y - position.y;
    const hasSubject = subjectRow >= 0 && subjectRow < subject.height;
    for (let x = 0; x < width; x++) {
      const sx = clamp((x + 0.5) * scaleX - 0.5, 0, scene.width - 1.001);
      const column = Math.floor(sx);
      const fx = sx - column;
      const from = column * 3;
      let r = row[from] + (row[from + 3] - row[from]) * fx;
      let g = row[from + 1] + (row[from + 4] - row[from + 1]) * fx;
      let b = row[from + 2] + (row[from + 5] - row[from + 2]) * fx;
      const subjectColumn = x - position.x;
      let grainShare = 1;
      if (hasSubject && subjectColumn >= 0 && subjectColumn < subject.width) {
        const at = (subjectRow * subject.width + subjectColumn) * 4;
        const clear = 1 - subject.light[at + 3];
        r = r * clear + subject.light[at];
        g = g * clear + subject.light[at + 1];
        b = b * clear + subject.light[at + 2];
        // The photo brings its own noise.
        grainShare = 0.35 + 0.65 * clear;
      }
      const noise = grainAt(grain, x, y) * grainShare + 0.5;
      const to = (y * width + x) * 3;
      picture[to] = clamp(toDisplay(r) + noise, 0, 255);
      picture[to + 1] = clamp(toDisplay(g) + noise, 0, 255);
      picture[to + 2] = clamp(toDisplay(b) + noise, 0, 255);
    }
  }
  return picture;
}

/** One row of the scene at a fractional height. */
function blendRows(scene: RenderedScene, y: number, row: Float32Array): void {
  const upper = Math.floor(y) * scene.width * 3;
  const lower = upper + scene.width * 3;
  const amount = y - Math.floor(y);
  for (let i = 0; i < row.length; i++) {
    row[i] = scene.light[upper + i] + (scene.light[lower + i] - scene.light[upper + i]) * amount;
  }
}
