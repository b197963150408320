import { type UploadContentType, uploadContentTypes, uploadLimits } from "@tintype/core/assets";
import { DomainError, type Problem } from "@tintype/core/problems";
import { fileTypeFromBuffer } from "file-type";
import sharp, { type Sharp } from "sharp";
import type { CleanImage, Thumbnail } from "./images.ts";
import { countJpegScans } from "./jpeg-scans.ts";

const THUMBNAIL_PX = 480;
/** What tools write has up to a dozen. */
const MAX_SCANS = 100;
const PIXEL_LIMIT = uploadLimits.megapixels * 1_000_000;

const formatOf: Record<UploadContentType, string> = {
  "image/jpeg": "jpeg",
  "image/png": "png",
  "image/webp": "webp",
  "image/gif": "gif",
};

/** sharp as the decoding child uses it: one thread, nothing remembered, no decoder that is not asked for. */
export function prepareSharp(): void {
  sharp.concurrency(1);
  // Every upload is seen once: remembering decoded ones would only keep strangers' pixels in memory.
  sharp.cache(false);
  allowOnly(["Jpeg", "Png", "Webp", "Nsgif"]);
}

/** Looks at what the bytes are, never at what somebody calls them. */
export async function inspectAndReencode(bytes: Uint8Array): Promise<CleanImage> {
  if (bytes.byteLength === 0) throw new DomainError({ code: "upload_empty" });
  const contentType = await sniff(bytes);
  if (contentType === "image/jpeg" && countJpegScans(bytes) > MAX_SCANS) {
    throw new DomainError({ code: "upload_too_complex" });
  }
  await ensureReasonableSize(bytes, contentType);
  const keep = contentType === "image/gif" ? "image/png" : contentType;
  try {
    const { data, info } = await encode(decode(bytes).autoOrient(), keep).toBuffer({
      resolveWithObject: true,
    });
    const thumbnail = await makeThumbnail(data);
    return { bytes: data, contentType: keep, width: info.width, height: info.height, thumbnail };
  } catch (error) {
    throw unreadable(error);
  }
}

export async function makeThumbnail(bytes: Uint8Array): Promise<Thumbnail> {
  const data = await decode(bytes)
    .resize(THUMBNAIL_PX, THUMBNAIL_PX, { fit: "inside", withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer();
  return { bytes: data, contentType: "image/webp" };
}

async function sniff(bytes: Uint8Array): Promise<UploadContentType> {
  const found = (await fileTypeFromBuffer(bytes))?.mime ?? "application/octet-stream";
  // An animated PNG is a PNG whose first picture every reader shows.
  const contentType = found === "image/apng" ? "image/png" : found;
  const known = uploadContentTypes.find((type) => type === contentType);
  if (!known) throw new DomainError({ code: "upload_type_unsupported", contentType });
  return known;
}

/** Reads the header only: a bomb is refused before a pixel of it is decoded. */
async function ensureReasonableSize(bytes: Uint8Array, contentType: UploadContentType) {
  const header = await sharp(bytes, { limitInputPixels: false, failOn: "error" })
    .metadata()
    .catch((error: unknown) => {
      throw unreadable(error);
    });
  const { width, height, format } = header;
  if (format !== formatOf[contentType]) throw new DomainError({ code: "upload_unreadable" });
  const problem = problemOfSize(width, height);
  if (problem) throw new DomainError(problem);
}

function problemOfSize(width: number, height: number): Problem | null {
  const { megapixels: limitMegapixels, minimumSide: minimum } = uploadLimits;
  if (width * height > PIXEL_LIMIT) {
    return { code: "upload_dimensions_too_large", width, height, limitMegapixels };
  }
  if (Math.min(width, height) < minimum)
    return { code: "upload_too_small", width, height, minimum };
  return null;
}

const decode = (bytes: Uint8Array): Sharp =>
  sharp(bytes, { limitInputPixels: PIXEL_LIMIT, failOn: "error", pages: 1 });

function encode(image: Sharp, contentType: CleanImage["contentType"]): Sharp {
  switch (contentType) {
    case "image/jpeg":
      return image.jpeg({ quality: 93, chromaSubsampling: "4:4:4" });
    case "image/png":
      return image.png({ compressionLevel: 4 });
    case "image/webp":
      return image.webp({ quality: 93, smartSubsample: true, effort: 2 });
  }
}

/** What sharp cannot decode is the file's fault; anything that is not an Error of its kind is ours. */
function unreadable(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TypeError) return error;
  const problem = new DomainError({ code: "upload_unreadable" });
  problem.cause = error;
  return problem;
}

/** Whatever a file pretends to be, no other decoder of libvips (SVG, PDF, TIFF, …) is ever reached. */
function allowOnly(formats: readonly string[]): void {
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: formats.map((format) => `VipsForeignLoad${format}`) });
}
