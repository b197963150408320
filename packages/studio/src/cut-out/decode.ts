import sharp from "sharp";
import { StudioFailure } from "../failure.ts";

// Only these four decoders exist for the rest of this process. Everything else libvips can read
// (SVG, PDF, camera formats) is a way in for hostile bytes and a picture we never need.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadJpegBuffer",
    "VipsForeignLoadPngBuffer",
    "VipsForeignLoadWebpBuffer",
    "VipsForeignLoadNsgifBuffer",
  ],
});

const MAX_INPUT_PIXELS = 40_000_000;
/** Enough for every picture but the largest, whose callers ask for more. */
const DEFAULT_SIDE = 1_280;
const SMALLEST_SIDE = 32;

/** sRGB bytes with alpha, upright. */
export type Photo = { data: Uint8Array; width: number; height: number };

/**
 * @param longestSide pixels; a larger photo is made smaller, a smaller one is left alone
 * @throws StudioFailure `input_unreadable` for anything that is not a whole JPEG, PNG, WebP or GIF of at most 40 megapixels.
 */
export async function decodePhoto(input: Uint8Array, longestSide = DEFAULT_SIDE): Promise<Photo> {
  try {
    const { data, info } = await sharp(input, {
      limitInputPixels: MAX_INPUT_PIXELS,
      failOn: "error",
      pages: 1,
    })
      .autoOrient()
      .toColourspace("srgb")
      .ensureAlpha()
      .resize(longestSide, longestSide, { fit: "inside", withoutEnlargement: true })
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (Math.min(info.width, info.height) < SMALLEST_SIDE) {
      throw new StudioFailure("input_unreadable", `${info.width}×${info.height} is too small`);
    }
    return { data, width: info.width, height: info.height };
  } catch (error) {
    if (error instanceof StudioFailure) throw error;
    throw new StudioFailure("input_unreadable", "the photo cannot be decoded", { cause: error });
  }
}
