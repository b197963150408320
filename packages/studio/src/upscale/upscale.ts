import sharp from "sharp";
import type { CutOut } from "../cut-out/cut-out.ts";
import { loadNetwork, type Network } from "../cut-out/inference.ts";
import { clamp } from "../pixels/numbers.ts";
import { esrganModel } from "./esrgan-model.ts";

const TILE = 192;
/** What a tile sees of its neighbours, so that no seam shows. */
const MARGIN = 10;

let network: Promise<Network> | undefined;

/** Twice the size with new detail from the network; the outline is enlarged smoothly. */
export async function upscaleTwice(cutOut: CutOut): Promise<CutOut> {
  network ??= esrganModel().then(loadNetwork);
  const { width, height } = cutOut;
  const data = new Uint8Array(width * height * 16);
  for (let y = 0; y < height; y += TILE) {
    for (let x = 0; x < width; x += TILE) await enlargeTile(await network, cutOut, data, x, y);
  }
  const alpha = await sharp(cutOut.data, { raw: { width, height, channels: 4 } })
    .extractChannel(3)
    .resize(width * 2, height * 2, { kernel: "cubic" })
    .toColourspace("b-w")
    .raw()
    .toBuffer();
  for (let i = 0; i < alpha.length; i++) data[i * 4 + 3] = alpha[i];
  return { ...cutOut, data, width: width * 2, height: height * 2 };
}

async function enlargeTile(
  upscaler: Network,
  cutOut: CutOut,
  target: Uint8Array,
  left: number,
  top: number,
): Promise<void> {
  const { width, height, data } = cutOut;
  const x0 = Math.max(0, left - MARGIN);
  const y0 = Math.max(0, top - MARGIN);
  const tileWidth = Math.min(width, left + TILE + MARGIN) - x0;
  const tileHeight = Math.min(height, top + TILE + MARGIN) - y0;
  const area = tileWidth * tileHeight;
  const input = new Float32Array(area * 3);
  for (let i = 0; i < area; i++) {
    const x = x0 + (i % tileWidth);
    const y = y0 + Math.floor(i / tileWidth);
    for (let c = 0; c < 3; c++) input[c * area + i] = data[(y * width + x) * 4 + c] / 255;
  }
  const output = await upscaler.run(input, [1, 3, tileHeight, tileWidth]);
  const rows = Math.min(TILE, height - top) * 2;
  const columns = Math.min(TILE, width - left) * 2;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const from = (y + (top - y0) * 2) * tileWidth * 2 + x + (left - x0) * 2;
      const to = ((top * 2 + y) * width * 2 + left * 2 + x) * 4;
      for (let c = 0; c < 3; c++) {
        target[to + c] = clamp(output[c * area * 4 + from] * 255 + 0.5, 0, 255);
      }
    }
  }
}
