import type { PosePreset } from "@tintype/core/generation";
import { type Camera, createCamera } from "./camera.ts";
import type { CutOut } from "./cut-out/cut-out.ts";
import type { Look } from "./look.ts";
import { clamp, mix, smoothstep } from "./pixels/numbers.ts";

/** Where the subject is on the screen, in screen units (short side = 1, y down, 0 in the middle). */
export type Placement = {
  camera: Camera;
  left: number;
  top: number;
  width: number;
  height: number;
  /** Half the width of the part that touches the floor. */
  baseHalfWidth: number;
  /** Lowest row of the place it stands on; below `top + height` when it floats. */
  baseY: number;
  /** 0 seen from the front … 1 seen from above. */
  fromAbove: number;
  /** It hangs in the air and touches nothing. */
  floats: boolean;
};

const scales: Record<PosePreset, number> = {
  standing: 1,
  floating: 0.86,
  mirrored: 0.92,
  close_up: 1.42,
};
const LIFT = 0.1;
/** How far a cut side reaches over the picture's edge: a moving camera must not uncover it. */
const BLEED = 0.035;
/** Behind a person cut at the waist the floor begins lower: the background is what surrounds a face. */
const PORTRAIT_EDGE_DROP = 0.34;

export function placeSubject(cutOut: CutOut, look: Look, aspect: number): Placement {
  const frame = { halfWidth: Math.max(1, aspect) / 2, halfHeight: Math.max(1, 1 / aspect) / 2 };
  const [frameWidth, frameHeight] = [frame.halfWidth * 2, frame.halfHeight * 2];
  const base = measureBase(cutOut);
  const fromAbove = smoothstep(0.25, 0.6, base.pitchSin);
  const wanted = scales[look.pose] * (look.scene === "podium" ? 0.8 : 1);
  const bleeds = cutOut.cropped.bottom;
  const share = bleeds ? 0.8 : 0.665;
  const fit = Math.min(frameWidth / cutOut.width, frameHeight / cutOut.height) * share;
  const largest = Math.min((frameWidth * 1.1) / cutOut.width, (frameHeight * 1.02) / cutOut.height);
  const scale = Math.min(fit * wanted, largest);
  const width = cutOut.width * scale;
  const height = cutOut.height * scale;

  const lift = look.pose === "floating" && !bleeds ? LIFT * frameHeight : 0;
  const baseY = bleeds
    ? frame.halfHeight + BLEED
    : standingRow(height, frameHeight, fromAbove) + lift * 0.45;
  const baseHalfWidth = base.halfWidth * scale;
  const anchorY = baseY - baseHalfWidth * base.pitchSin * 0.92;
  return {
    camera: createCamera(base.pitchSin, anchorY, frame, bleeds ? PORTRAIT_EDGE_DROP : 0),
    left: horizontalPosition(cutOut, width, frame.halfWidth),
    top: baseY - lift - height,
    width,
    height,
    baseHalfWidth,
    baseY,
    fromAbove,
    floats: lift > 0,
  };
}

/**
 * Seen from above a thing lies in the middle. Seen from the front it stands in the lower third,
 * higher when it is low, so that it does not sink under an empty wall.
 */
function standingRow(height: number, frameHeight: number, fromAbove: number): number {
  const row = clamp(height / 2 + 0.1 * frameHeight, 0.2 * frameHeight, 0.325 * frameHeight);
  const standing = Math.max(row, height - frameHeight * 0.47);
  return mix(standing, 0.015 * frameHeight + height / 2, fromAbove);
}

/** A side the photo's frame cut off goes to the edge of the picture, where a cut is natural. */
function horizontalPosition(cutOut: CutOut, width: number, halfWidth: number): number {
  if (cutOut.cropped.left && !cutOut.cropped.right) return -halfWidth - BLEED;
  if (cutOut.cropped.right && !cutOut.cropped.left) return halfWidth + BLEED - width;
  return -width / 2;
}

const LEAST_PITCH = 0.15;
const MOST_PITCH = 0.74;

/**
 * Guesses how far from above the photo was taken. A round base seen at an angle is an ellipse whose
 * height over width is the sine of that angle, and the lower outline shows a good part of it.
 * Widths are in pixels of the cut-out.
 */
export function measureBase(cutOut: CutOut): { pitchSin: number; halfWidth: number } {
  const spans = rowSpans(cutOut);
  const lowerHalf = spans.slice(Math.floor(cutOut.height * 0.55));
  const halfWidth = Math.max(...lowerHalf, 2) / 2;
  if (cutOut.cropped.bottom) return { pitchSin: 0.2, halfWidth };
  const bottom = spans.findLastIndex((span) => span > halfWidth * 0.12);
  const guesses: number[] = [];
  for (const depth of [0.04, 0.06, 0.1, 0.14]) {
    const rise = depth * halfWidth * 2;
    const share = Math.min(1, spans[Math.max(0, Math.round(bottom - rise))] / 2 / halfWidth);
    const semiMinor = rise / (1 - Math.sqrt(1 - share * share) + 1e-6);
    guesses.push(semiMinor / halfWidth);
  }
  guesses.sort((a, b) => a - b);
  // An ellipse gives the same answer at every depth; a flat base a larger one the higher we measure.
  const ellipse = guesses[1];
  // Tall things end in feet or a neck, not in an ellipse: they were photographed from the front.
  const tallness = smoothstep(1.05, 1.5, cutOut.height / cutOut.width);
  const pitchSin = clamp(
    Math.min(ellipse, mix(MOST_PITCH, 0.24, tallness)),
    LEAST_PITCH,
    MOST_PITCH,
  );
  return { pitchSin, halfWidth };
}

/** Distance from the first to the last solid pixel of each row. */
function rowSpans({ data, width, height }: CutOut): number[] {
  return Array.from({ length: height }, (_, y) => {
    let first = -1;
    let last = -1;
    for (let x = 0; x < width; x++) {
      if (data[(y * width + x) * 4 + 3] < 128) continue;
      if (first < 0) first = x;
      last = x;
    }
    return first < 0 ? 0 : last - first + 1;
  });
}
