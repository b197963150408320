import sharp from "sharp";
import { clamp } from "../pixels/numbers.ts";

const JPEG_QUALITY = 86;

/** A frame of 4:2:0 planes as sRGB bytes. */
export function framePixels(frame: Uint8Array, width: number, height: number): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  const chromaStart = width * height;
  const chromaSize = chromaStart >> 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const c = chromaStart + (y >> 1) * (width >> 1) + (x >> 1);
      const luma = (frame[y * width + x] - 16) * 1.1644;
      const blue = frame[c] - 128;
      const red = frame[c + chromaSize] - 128;
      const to = (y * width + x) * 3;
      rgb[to] = clamp(luma + 1.7927 * red + 0.5, 0, 255);
      rgb[to + 1] = clamp(luma - 0.2132 * blue - 0.5329 * red + 0.5, 0, 255);
      rgb[to + 2] = clamp(luma + 2.1124 * blue + 0.5, 0, 255);
    }
  }
  return rgb;
}

/** A frame as the picture shown before the video plays. */
export async function posterOf(
  frame: Uint8Array,
  width: number,
  height: number,
): Promise<Uint8Array> {
  return sharp(framePixels(frame, width, height), { raw: { width, height, channels: 3 } })
    .jpeg({ quality: JPEG_QUALITY })
    .toBuffer();
}
