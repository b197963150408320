import { boxBlur } from "../pixels/blur.ts";
import { clamp, mix, smoothstep } from "../pixels/numbers.ts";

/** Guided filter (He, Sun, Tang 2010): moves the edge of a coarse mask onto the edges of the picture. */
function guidedFilter(
  guide: Float32Array,
  mask: Float32Array,
  width: number,
  height: number,
  radius: number,
): Float32Array {
  const epsilon = 6e-4;
  const count = guide.length;
  const product = new Float32Array(count);
  const square = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    product[i] = guide[i] * mask[i];
    square[i] = guide[i] * guide[i];
  }
  const mean = (plane: Float32Array) => boxBlur(plane, width, height, radius);
  const meanGuide = mean(guide);
  const meanMask = mean(mask);
  const slope = mean(product);
  const offset = mean(square);
  for (let i = 0; i < count; i++) {
    const variance = offset[i] - meanGuide[i] * meanGuide[i];
    const covariance = slope[i] - meanGuide[i] * meanMask[i];
    slope[i] = covariance / (variance + epsilon);
    offset[i] = meanMask[i] - slope[i] * meanGuide[i];
  }
  const meanSlope = mean(slope);
  const meanOffset = mean(offset);
  for (let i = 0; i < count; i++) {
    meanSlope[i] = clamp(meanSlope[i] * guide[i] + meanOffset[i]);
  }
  return meanSlope;
}

/** The coarse mask is believed where it is sure; the picture's own edges decide in between. */
export function refineMask(
  coarse: Float32Array,
  brightness: Float32Array,
  width: number,
  height: number,
): Float32Array {
  const radius = Math.max(3, Math.round(Math.max(width, height) / 110));
  const guided = guidedFilter(brightness, coarse, width, height, radius);
  const alpha = new Float32Array(coarse.length);
  for (let i = 0; i < alpha.length; i++) {
    const doubt = 1 - Math.abs(coarse[i] * 2 - 1);
    const blended = mix(coarse[i], guided[i], Math.min(1, doubt * 2.2 + 0.15));
    // The lower end starts late on purpose: a hair's breadth lost is invisible, a rim of old background is not.
    alpha[i] = smoothstep(0.3, 0.86, blended);
  }
  return alpha;
}

const SOLID = 0.25;
const SMALLEST_PART = 0.04;

/** Clears islands smaller than 4 % of the largest part. */
export function dropSpecks(alpha: Float32Array, width: number, height: number): void {
  const labels = new Int32Array(alpha.length);
  const stack = new Int32Array(alpha.length);
  const sizes = [0];
  for (let i = 0; i < alpha.length; i++) {
    if (labels[i] || alpha[i] < SOLID) continue;
    sizes.push(floodFill(alpha, labels, stack, width, i, sizes.length));
  }
  const least = Math.max(...sizes) * SMALLEST_PART;
  const kept = new Float32Array(alpha.length);
  for (let i = 0; i < kept.length; i++) kept[i] = labels[i] && sizes[labels[i]] >= least ? 1 : 0;
  const near = boxBlur(kept, width, height, 3);
  for (let i = 0; i < alpha.length; i++) if (near[i] < 1e-6) alpha[i] = 0;
}

/** Marks the connected part around `start` and returns its size in pixels. */
function floodFill(
  alpha: Float32Array,
  labels: Int32Array,
  stack: Int32Array,
  width: number,
  start: number,
  label: number,
): number {
  let top = 0;
  let size = 0;
  const visit = (i: number) => {
    if (labels[i] || alpha[i] < SOLID) return;
    labels[i] = label;
    stack[top++] = i;
  };
  visit(start);
  while (top > 0) {
    const i = stack[--top];
    const x = i % width;
    size++;
    if (x > 0) visit(i - 1);
    if (x < width - 1) visit(i + 1);
    if (i >= width) visit(i - width);
    if (i < alpha.length - width) visit(i + width);
  }
  return size;
}

/**
 * The subject's own colour at half-transparent edges ("blur fusion", Forte 2021): without it the
 * old background shines around the cut-out. `rgb` is 0 … 1, three values a pixel.
 */
export function cleanEdgeColours(
  rgb: Float32Array,
  alpha: Float32Array,
  width: number,
  height: number,
): Float32Array {
  const wide = Math.max(6, Math.round(Math.max(width, height) / 40));
  return fuse(fuse(rgb, rgb, alpha, width, height, wide), rgb, alpha, width, height, 4);
}

function fuse(
  guess: Float32Array,
  rgb: Float32Array,
  alpha: Float32Array,
  width: number,
  height: number,
  radius: number,
): Float32Array {
  const front = new Float32Array(rgb.length);
  const back = new Float32Array(rgb.length);
  const inverse = new Float32Array(alpha.length);
  for (let i = 0; i < alpha.length; i++) {
    const a = alpha[i];
    inverse[i] = 1 - a;
    for (let c = i * 3; c < i * 3 + 3; c++) {
      front[c] = guess[c] * a;
      back[c] = rgb[c] * (1 - a);
    }
  }
  const meanAlpha = boxBlur(alpha, width, height, radius);
  const meanInverse = boxBlur(inverse, width, height, radius);
  const meanFront = boxBlur(front, width, height, radius, 3);
  const meanBack = boxBlur(back, width, height, radius, 3);
  for (let i = 0; i < alpha.length; i++) {
    const a = alpha[i];
    for (let c = i * 3; c < i * 3 + 3; c++) {
      const f = meanFront[c] / (meanAlpha[i] + 1e-5);
      const b = meanBack[c] / (meanInverse[i] + 1e-5);
      front[c] = clamp(f + a * (rgb[c] - a * f - (1 - a) * b));
    }
  }
  return front;
}
