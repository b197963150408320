import sharp from "sharp";
import { watermarkTile } from "../compose/watermark.ts";

/** Draws the mark into a frame. Only the pixels of the letters are kept, so a frame costs next to nothing. */
export async function createVideoMark(
  width: number,
  height: number,
): Promise<(frame: Uint8Array) => void> {
  const tile = await watermarkTile(Math.max(width, height));
  const marks = await sharp({
    create: { width, height, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  })
    .composite([{ input: tile, tile: true }])
    .raw()
    .toBuffer();
  const places: number[] = [];
  for (let i = 0; i < width * height; i++) if (marks[i * 4 + 3] > 4) places.push(i);
  const at = Uint32Array.from(places);
  const strength = Float32Array.from(places, (i) => marks[i * 4 + 3] / 255);
  const light = Float32Array.from(places, (i) => 16 + (marks[i * 4] / 255) * 219);
  return (frame) => {
    for (let i = 0; i < at.length; i++) {
      frame[at[i]] += (light[i] - frame[at[i]]) * strength[i];
    }
  };
}
