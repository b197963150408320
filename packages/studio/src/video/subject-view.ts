import { bell, clamp } from "../pixels/numbers.ts";
import type { SubjectPlanes } from "./planes.ts";

/** Size of a frame; `perUnit` is pixels per screen unit. */
export type View = { width: number; height: number; perUnit: number };

export type SubjectPose = {
  /** Contact point in pixels of the frame. */
  anchorX: number;
  anchorY: number;
  /** Top left corner of the unscaled subject, relative to the contact point. */
  left: number;
  top: number;
  scale: number;
  /** Turn around the upright axis, radians; small. */
  yaw: number;
  /** Position of the gleam, 0 … 1 across the subject. */
  gleam: number;
};

const GLEAM_STEPS = 256;
const GLEAM_STRENGTH = 0.13;

/** Lays the subject over a frame: a flat picture, turned in perspective, with a gleam running over it. */
export function drawSubject(
  frame: Uint8Array,
  view: View,
  subject: SubjectPlanes,
  pose: SubjectPose,
): void {
  const { width, height } = view;
  const box = coveredBox(view, subject, pose);
  const gleams = gleamTable(pose.gleam);
  const perspective = Math.sin(pose.yaw) / (view.perUnit * 1.9 * pose.scale);
  const narrow = 1 / Math.cos(pose.yaw);
  const chromaStart = width * height;
  const chromaSize = chromaStart >> 2;
  for (let y = box.top; y < box.bottom; y++) {
    const fromAnchorY = (y + 0.5 - pose.anchorY) / pose.scale;
    for (let x = box.left; x < box.right; x++) {
      const fromAnchorX = (x + 0.5 - pose.anchorX) / pose.scale;
      const nearness = 1 + fromAnchorX * perspective * pose.scale;
      const sx = fromAnchorX * narrow * nearness - pose.left - 0.5;
      const sy = fromAnchorY * nearness - pose.top - 0.5;
      if (sx < 0 || sy < 0 || sx >= subject.width - 1 || sy >= subject.height - 1) continue;
      const column = sx | 0;
      const row = sy | 0;
      const fx = sx - column;
      const fy = sy - row;
      const i = row * subject.width + column;
      const j = i + subject.width;
      const w00 = (1 - fx) * (1 - fy);
      const w10 = fx * (1 - fy);
      const w01 = (1 - fx) * fy;
      const w11 = fx * fy;
      const { alpha, luma } = subject;
      const cover = alpha[i] * w00 + alpha[i + 1] * w10 + alpha[j] * w01 + alpha[j + 1] * w11;
      if (cover < 0.004) continue;
      const bright = luma[i] * w00 + luma[i + 1] * w10 + luma[j] * w01 + luma[j + 1] * w11;
      const along = (sx / subject.width) * 0.8 + (sy / subject.height) * 0.2;
      const lit = (bright - 16 * cover) * gleams[(along * GLEAM_STEPS) | 0] + 16 * cover;
      const at = y * width + x;
      const value = frame[at] * (1 - cover) + lit + 0.5;
      frame[at] = Math.min(235, value);
      if ((x | y) & 1) continue;
      const c = chromaStart + (y >> 1) * (width >> 1) + (x >> 1);
      const { blue, red } = subject;
      frame[c] =
        frame[c] * (1 - cover) +
        blue[i] * w00 +
        blue[i + 1] * w10 +
        blue[j] * w01 +
        blue[j + 1] * w11 +
        0.5;
      const d = c + chromaSize;
      frame[d] =
        frame[d] * (1 - cover) +
        red[i] * w00 +
        red[i + 1] * w10 +
        red[j] * w01 +
        red[j + 1] * w11 +
        0.5;
    }
  }
}

/** Where the subject may be in the frame. Even borders, so that brightness and colour cover the same pixels. */
function coveredBox({ width, height }: View, subject: SubjectPlanes, pose: SubjectPose) {
  const reach = pose.scale * 1.03;
  const even = (value: number, limit: number) => clamp(Math.floor(value / 2) * 2, 0, limit);
  return {
    left: even(pose.anchorX + pose.left * reach - 4, width),
    right: even(pose.anchorX + (pose.left + subject.width) * reach + 4, width),
    top: even(pose.anchorY + pose.top * reach - 4, height),
    bottom: even(pose.anchorY + Math.max(0, pose.top + subject.height) * reach + 4, height),
  };
}

function gleamTable(position: number): Float32Array {
  return Float32Array.from(
    { length: GLEAM_STEPS + 1 },
    (_, i) => 1 + GLEAM_STRENGTH * bell(i / GLEAM_STEPS - position, 0.14),
  );
}
