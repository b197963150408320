import type { Look } from "../look.ts";
import { boxBlur, softBlur } from "../pixels/blur.ts";
import { clamp, mix, smoothstep } from "../pixels/numbers.ts";
import type { Placement } from "../placement.ts";
import type { RenderedScene } from "../scene/render-scene.ts";
import type { SubjectLayer } from "./subject-layer.ts";

/** Shadows are soft: this many pixels on the long side are enough for any picture. */
const SHADOW_SIDE = 720;

/** The subject's outline on a small copy of the picture; units are pixels of that copy. */
type Outline = {
  mask: Float32Array;
  width: number;
  height: number;
  perUnit: number;
  /** Middle of the screen. */
  centreX: number;
  centreY: number;
};

/** Darkens the scene where the subject keeps light away. */
export function castShadow(
  scene: RenderedScene,
  subject: SubjectLayer,
  placement: Placement,
  look: Look,
): void {
  const outline = drawOutline(scene, subject, placement);
  const shade = placement.floats
    ? floatingShade(outline, placement)
    : standingShade(outline, placement, look);
  darken(scene, shade, outline.width, outline.height);
}

function drawOutline(scene: RenderedScene, subject: SubjectLayer, placement: Placement): Outline {
  const shrink = Math.min(1, SHADOW_SIDE / Math.max(scene.width, scene.height));
  const width = Math.round(scene.width * shrink);
  const height = Math.round(scene.height * shrink);
  const perUnit = width / (placement.camera.halfWidth * 2 * scene.overscan);
  const mask = new Float32Array(width * height);
  const left = width / 2 + placement.left * perUnit;
  const top = height / 2 + placement.top * perUnit;
  const step = subject.width / (placement.width * perUnit);
  for (let y = 0; y < height; y++) {
    const sy = Math.floor((y + 0.5 - top) * step);
    if (sy < 0 || sy >= subject.height) continue;
    for (let x = 0; x < width; x++) {
      const sx = Math.floor((x + 0.5 - left) * step);
      if (sx < 0 || sx >= subject.width) continue;
      mask[y * width + x] = subject.light[(sy * subject.width + sx) * 4 + 3];
    }
  }
  return { mask, width, height, perUnit, centreX: width / 2, centreY: height / 2 };
}

/** Reads `mask` moved by (dx, dy) pixels; whole pixels are enough before a blur. */
function shifted({ mask, width, height }: Outline, dx: number, dy: number): Float32Array {
  const moved = new Float32Array(mask.length);
  const [stepX, stepY] = [Math.round(dx), Math.round(dy)];
  for (let y = Math.max(0, stepY); y < Math.min(height, height + stepY); y++) {
    for (let x = Math.max(0, stepX); x < Math.min(width, width + stepX); x++) {
      moved[y * width + x] = mask[(y - stepY) * width + x - stepX];
    }
  }
  return moved;
}

function standingShade(outline: Outline, placement: Placement, look: Look): Float32Array {
  const lying = lyingShade(outline, placement, look);
  if (placement.fromAbove > 0.99) return lying;
  const upright = uprightShade(outline, placement, look);
  for (let i = 0; i < lying.length; i++) lying[i] = mix(upright[i], lying[i], placement.fromAbove);
  return lying;
}

/** Seen from above, the outline is the footprint: its shadow slides away from the light and softens as it goes. */
function lyingShade(outline: Outline, placement: Placement, look: Look): Float32Array {
  const { width, height, perUnit } = outline;
  const size = Math.min(placement.width, placement.height) * perUnit;
  const [towardsX, towardsY] = [-look.lightSide * 0.72, 0.62];
  const layers: readonly [number, number, number][] = [
    [0.012, 0.01, 0.7],
    [0.045, 0.03, 0.6],
    [0.1, 0.06, 0.55],
    [0.15, 0.13, 0.45],
  ];
  const clear = new Float32Array(width * height).fill(1);
  for (const [distance, blur, strength] of layers) {
    const moved = shifted(outline, towardsX * distance * size, towardsY * distance * size);
    const soft = softBlur(moved, width, height, blur * size);
    for (let i = 0; i < clear.length; i++) clear[i] *= 1 - soft[i] * strength;
  }
  for (let i = 0; i < clear.length; i++) clear[i] = 1 - clear[i];
  return clear;
}

/** Seen from the front: a dark line where it touches, darkness under it, and a shadow laid on the floor behind. */
function uprightShade(outline: Outline, placement: Placement, look: Look): Float32Array {
  const { mask, width, height, perUnit, centreX, centreY } = outline;
  const base = centreY + placement.baseY * perUnit;
  const tall = placement.height * perUnit;
  const flat = Math.max(0.12, placement.camera.sin);
  const touch = new Float32Array(mask.length);
  const laid = new Float32Array(mask.length);
  const under = new Float32Array(mask.length);
  const at = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : mask[(y | 0) * width + (x | 0)];
  for (let y = 0; y < height; y++) {
    const lowest = smoothstep(base - tall * 0.16, base - tall * 0.02, y);
    const behind = (base - y) / (flat * 1.25);
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      touch[i] = at(x, y - tall * 0.012) * lowest;
      // Everything within a third of the height presses on the floor, squeezed to the floor's perspective.
      const squeezed = base - Math.abs(y - base + tall * 0.02) / (flat * 1.1);
      under[i] =
        at(centreX + (x - centreX) / 1.04, squeezed) * smoothstep(tall * 0.34, 0, base - squeezed);
      if (behind > 0 && behind < tall) {
        laid[i] =
          at(x + look.lightSide * behind * 0.85, base - behind) * (1 - (0.8 * behind) / tall);
      }
    }
  }
  const size = Math.min(placement.width, placement.height) * perUnit;
  const line = softBlur(touch, width, height, size * 0.01);
  const pool = softBlur(under, width, height, size * 0.05);
  const wide = softBlur(under, width, height, size * 0.14);
  const far = boxBlur(softBlur(laid, width, height, size * 0.035), width, height, size * 0.03);
  for (let i = 0; i < line.length; i++) {
    line[i] =
      1 - (1 - line[i] * 0.9) * (1 - pool[i] * 0.62) * (1 - wide[i] * 0.45) * (1 - far[i] * 0.5);
  }
  return line;
}

/** Nothing touches: one soft pool under it, smaller and paler than the thing itself. */
function floatingShade(outline: Outline, placement: Placement): Float32Array {
  const { width, height, perUnit, centreX, centreY } = outline;
  const shade = new Float32Array(width * height);
  const { baseHalfWidth, baseY, camera } = placement;
  const radiusX = (placement.width * 0.36 + baseHalfWidth * 0.1) * perUnit;
  const radiusY = radiusX * Math.max(0.2, camera.sin * 0.8);
  const x0 = centreX + (placement.left + placement.width / 2) * perUnit;
  const y0 = centreY + baseY * perUnit - radiusY * 0.55;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const distance = ((x - x0) / radiusX) ** 2 + ((y - y0) / radiusY) ** 2;
      shade[y * width + x] = 0.45 * Math.exp(-distance * 0.7) + 0.42 * Math.exp(-distance * 2.2);
    }
  }
  return shade;
}

/** What is left in the darkest shadow is not grey but light thrown back by the floor. */
function darken(scene: RenderedScene, shade: Float32Array, width: number, height: number): void {
  const { light, scenery } = scene;
  const scaleX = width / scene.width;
  const scaleY = height / scene.height;
  const keep = scenery.shadowTint;
  for (let y = 0; y < scene.height; y++) {
    const sy = clamp((y + 0.5) * scaleY - 0.5, 0, height - 1.001);
    const row = Math.floor(sy);
    const fy = sy - row;
    for (let x = 0; x < scene.width; x++) {
      const sx = clamp((x + 0.5) * scaleX - 0.5, 0, width - 1.001);
      const column = Math.floor(sx);
      const fx = sx - column;
      const i = row * width + column;
      const top = shade[i] + (shade[i + 1] - shade[i]) * fx;
      const bottom = shade[i + width] + (shade[i + width + 1] - shade[i + width]) * fx;
      const dark = (top + (bottom - top) * fy) * scenery.shadow;
      if (dark < 0.002) continue;
      const at = (y * scene.width + x) * 3;
      for (let c = 0; c < 3; c++) light[at + c] *= 1 - dark * (1 - keep[c] * 0.3);
    }
  }
}
