import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import sharp from "sharp";

/** Machines without fonts draw boxes instead of letters, so the font comes with us. */
function fontFile(): string {
  const manifest = findPackageJSON("dejavu-fonts-ttf", import.meta.url);
  if (!manifest) throw new Error("dejavu-fonts-ttf is not installed");
  return join(dirname(manifest), "ttf", "DejaVuSans-Bold.ttf");
}

const MARK = "TINTYPE PREVIEW";

/** A tile with the mark, white with a dark outline, so that it is read on any picture. */
export async function watermarkTile(longSide: number): Promise<Buffer> {
  const write = (colour: string) =>
    sharp({
      text: {
        text: `<span foreground="${colour}">${MARK}</span>`,
        rgba: true,
        dpi: Math.round(longSide / 4.6),
        font: "DejaVu Sans Bold 10",
        fontfile: fontFile(),
      },
    })
      .raw()
      .toBuffer({ resolveWithObject: true });
  const [light, dark] = await Promise.all([write("#ffffff"), write("#000000")]);
  const { width, height } = light.info;
  const gap = Math.round(longSide * 0.07);
  const tile = new Uint8Array((width + gap) * (height + gap) * 4);
  const put = (source: Buffer, dx: number, dy: number, strength: number) => {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = (y * width + x) * 4;
        const to = ((y + dy) * (width + gap) + x + dx) * 4;
        const alpha = source[from + 3] * strength;
        if (alpha < tile[to + 3] * 0.6) continue;
        tile.set(source.subarray(from, from + 3), to);
        tile[to + 3] = Math.max(tile[to + 3], alpha);
      }
    }
  };
  put(dark.data, 2, 2, 0.22);
  put(light.data, 1, 1, 0.44);
  return sharp(tile, { raw: { width: width + gap, height: height + gap, channels: 4 } })
    .rotate(-24, { background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .png()
    .toBuffer();
}
