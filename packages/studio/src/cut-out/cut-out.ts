import sharp from "sharp";
import { StudioFailure } from "../failure.ts";
import type { Photo } from "./decode.ts";
import { cleanEdgeColours, dropSpecks, refineMask } from "./matte.ts";
import { findSubject, SALIENCY_SIDE } from "./saliency.ts";
import { ensureSubject } from "./subject-gate.ts";

/** The subject alone: RGBA bytes, trimmed to its outline. */
export type CutOut = {
  data: Uint8Array;
  width: number;
  height: number;
  /** Where the photo's frame cut through the subject; such a side must not hang in the air. */
  cropped: { left: boolean; right: boolean; bottom: boolean };
};

/** A photo with at least this share of clear pixels was cut out by its owner. */
const OWN_ALPHA_SHARE = 0.02;

/** @throws StudioFailure `subject_not_found` */
export async function cutOut(photo: Photo): Promise<CutOut> {
  const { data, width, height } = photo;
  const rgb = new Float32Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) rgb[i * 3 + c] = data[i * 4 + c] / 255;
  }
  const alpha = ownAlpha(photo) ?? (await segmentedAlpha(photo, rgb));
  dropSpecks(alpha, width, height);
  return trim(cleanEdgeColours(rgb, alpha, width, height), alpha, width, height);
}

function ownAlpha({ data, width, height }: Photo): Float32Array | null {
  const alpha = new Float32Array(width * height);
  let clear = 0;
  for (let i = 0; i < alpha.length; i++) {
    alpha[i] = data[i * 4 + 3] / 255;
    if (alpha[i] < 0.5) clear++;
  }
  return clear > alpha.length * OWN_ALPHA_SHARE ? alpha : null;
}

async function segmentedAlpha(photo: Photo, rgb: Float32Array): Promise<Float32Array> {
  const saliency = await findSubject(photo);
  ensureSubject(saliency);
  const { width, height } = photo;
  const side = SALIENCY_SIDE;
  const bytes = new Uint8Array(side * side);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.round(saliency.mask[i] * 255);
  const enlarged = await sharp(bytes, { raw: { width: side, height: side, channels: 1 } })
    .resize(width, height, { fit: "fill", kernel: "cubic" })
    .toColourspace("b-w")
    .raw()
    .toBuffer();
  const coarse = new Float32Array(width * height);
  const brightness = new Float32Array(width * height);
  for (let i = 0; i < coarse.length; i++) {
    coarse[i] = enlarged[i] / 255;
    brightness[i] = rgb[i * 3] * 0.299 + rgb[i * 3 + 1] * 0.587 + rgb[i * 3 + 2] * 0.114;
  }
  return refineMask(coarse, brightness, width, height);
}

const VISIBLE = 0.08;
const MARGIN = 2;

function trim(rgb: Float32Array, alpha: Float32Array, width: number, height: number): CutOut {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (alpha[y * width + x] <= VISIBLE) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  if (right < left) throw new StudioFailure("subject_not_found", "the mask is empty");
  const cropped = { left: left <= 1, right: right >= width - 2, bottom: bottom >= height - 2 };
  left = Math.max(0, left - MARGIN);
  top = Math.max(0, top - MARGIN);
  const trimmedWidth = Math.min(width - 1, right + MARGIN) - left + 1;
  const trimmedHeight = Math.min(height - 1, bottom + MARGIN) - top + 1;
  const data = new Uint8Array(trimmedWidth * trimmedHeight * 4);
  for (let y = 0; y < trimmedHeight; y++) {
    for (let x = 0; x < trimmedWidth; x++) {
      const from = (y + top) * width + x + left;
      const to = (y * trimmedWidth + x) * 4;
      for (let c = 0; c < 3; c++) data[to + c] = Math.round(rgb[from * 3 + c] * 255);
      data[to + 3] = Math.round(alpha[from] * 255);
    }
  }
  return { data, width: trimmedWidth, height: trimmedHeight, cropped };
}
