import { readFile } from "node:fs/promises";
import sharp from "sharp";

const fixture = (name: string) =>
  readFile(new URL(`../../../fixtures/${name}`, import.meta.url)).then(
    (bytes) => new Uint8Array(bytes),
  );

/** A cup on a saucer, photographed from above: an easy product shot. */
export const coffee = () => fixture("coffee.png");
/** A cat that fills the frame: no outline to cut along. */
export const chelsea = () => fixture("chelsea.png");

/** A PNG painted by a function of position, values 0 … 255. */
export function painted(
  width: number,
  height: number,
  colour: (x: number, y: number) => number,
): Promise<Uint8Array> {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      pixels.fill(colour(x, y), (y * width + x) * 3, (y * width + x + 1) * 3);
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
    .then((bytes) => new Uint8Array(bytes));
}
