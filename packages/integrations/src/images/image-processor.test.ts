import { crc32, deflateSync } from "node:zlib";
import { uploadLimits } from "@tintype/core/assets";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createImageProcessor } from "./image-processor.ts";

let images: ReturnType<typeof createImageProcessor>;
let sources: Record<"jpeg" | "png" | "webp" | "gif", Buffer>;

const plain = (width: number, height: number, channels: 3 | 4 = 3) =>
  sharp({
    create: { width, height, channels, background: { r: 200, g: 90, b: 40, alpha: 0.5 } },
  });

beforeAll(async () => {
  const noise = sharp({
    create: {
      width: 300,
      height: 200,
      channels: 3,
      background: "white",
      noise: { type: "gaussian", mean: 128, sigma: 40 },
    },
  });
  sources = {
    jpeg: await noise.clone().jpeg().toBuffer(),
    png: await noise.clone().png().toBuffer(),
    webp: await noise.clone().webp().toBuffer(),
    gif: await noise.clone().gif().toBuffer(),
  };
  images = createImageProcessor();
});
afterAll(() => images.close());

const problemOf = (bytes: Uint8Array) =>
  images.inspectAndReencode(bytes).then(
    () => "accepted",
    (error: { problem?: unknown }) => error.problem ?? error,
  );

/** A PNG whose header promises more pixels than it has. */
function pngHeader(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(1_000))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

test.each([
  ["jpeg", "image/jpeg"],
  ["png", "image/png"],
  ["webp", "image/webp"],
  ["gif", "image/png"],
] as const)("a %s becomes a clean %s with a WebP thumbnail", async (source, contentType) => {
  const clean = await images.inspectAndReencode(sources[source]);

  expect(clean).toMatchObject({ contentType, width: 300, height: 200 });
  expect(await sharp(clean.bytes).metadata()).toMatchObject({ width: 300, height: 200 });
  expect(await sharp(clean.thumbnail.bytes).metadata()).toMatchObject({ format: "webp" });
});

test("EXIF, comments and whatever is glued behind the picture are gone, the turn is applied", async () => {
  const exif = { IFD0: { Copyright: "somebody", ImageDescription: "at home" } };
  const photo = await plain(200, 100)
    .withExif(exif)
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  const polyglot = Buffer.concat([photo, Buffer.from("PK\x03\x04<script>alert(1)</script>")]);

  const clean = await images.inspectAndReencode(polyglot);

  expect(clean).toMatchObject({ width: 100, height: 200 });
  expect(Buffer.from(clean.bytes).includes("script")).toBe(false);
  const { exif: left, orientation } = await sharp(clean.bytes).metadata();
  expect([left, orientation]).toEqual([undefined, undefined]);
});

test("transparency stays, in the picture and in the thumbnail", async () => {
  const clean = await images.inspectAndReencode(await plain(600, 900, 4).png().toBuffer());

  expect((await sharp(clean.bytes).metadata()).hasAlpha).toBe(true);
  expect(await sharp(clean.thumbnail.bytes).metadata()).toMatchObject({
    hasAlpha: true,
    width: 320,
    height: 480,
  });
});

test("only the first frame of an animation is kept", async () => {
  const frames = Buffer.concat([Buffer.alloc(80 * 80 * 3, 10), Buffer.alloc(80 * 80 * 3, 250)]);
  const gif = await sharp(frames, { raw: { width: 80, height: 160, channels: 3, pageHeight: 80 } })
    .gif({ loop: 0, delay: [100, 100] })
    .toBuffer();

  const clean = await images.inspectAndReencode(gif);

  expect(clean).toMatchObject({ contentType: "image/png", width: 80, height: 80 });
  const { channels } = await sharp(clean.bytes).stats();
  expect(channels[0]?.mean).toBeLessThan(30);
});

test("30,000 × 30,000 pixels are refused by the header, before any is decoded", async () => {
  const started = performance.now();
  expect(await problemOf(pngHeader(30_000, 30_000))).toEqual({
    code: "upload_dimensions_too_large",
    width: 30_000,
    height: 30_000,
    limitMegapixels: uploadLimits.megapixels,
  });
  expect(performance.now() - started).toBeLessThan(5_000);
});

test("40 megapixels pass and one row more does not", async () => {
  const atLimit = await plain(8_000, 5_000).png({ compressionLevel: 1 }).toBuffer();
  const above = await plain(8_000, 5_001).png({ compressionLevel: 1 }).toBuffer();

  expect(await images.inspectAndReencode(atLimit)).toMatchObject({ width: 8_000, height: 5_000 });
  expect(await problemOf(above)).toMatchObject({ code: "upload_dimensions_too_large" });
});

test("a side below 64 pixels is refused with its size", async () => {
  expect(await problemOf(await plain(63, 500).png().toBuffer())).toEqual({
    code: "upload_too_small",
    width: 63,
    height: 500,
    minimum: 64,
  });
});

test.each(["jpeg", "png", "webp", "gif"] as const)(
  "a %s that was cut short is unreadable",
  async (kind) => {
    const half = sources[kind].subarray(0, Math.floor(sources[kind].length / 2));
    expect(await problemOf(half)).toEqual({ code: "upload_unreadable" });
  },
);

test("a promise of pixels that are not there is unreadable", async () => {
  expect(await problemOf(pngHeader(2_000, 2_000))).toEqual({ code: "upload_unreadable" });
});

test.each([
  [
    "SVG",
    Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
    "application/xml",
  ],
  [
    "SVG without a prologue",
    Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "application/octet-stream",
  ],
  ["PDF", Buffer.from("%PDF-1.7\n1 0 obj\n"), "application/pdf"],
  ["text", Buffer.from("just words ".repeat(50)), "application/octet-stream"],
])("%s is refused whatever it is called", async (_name, bytes, contentType) => {
  expect(await problemOf(bytes)).toEqual({ code: "upload_type_unsupported", contentType });
});

test("TIFF and AVIF are refused although sharp could read them", async () => {
  expect(await problemOf(await plain(100, 100).tiff().toBuffer())).toMatchObject({
    code: "upload_type_unsupported",
    contentType: "image/tiff",
  });
});

test("no bytes are an empty upload", async () => {
  expect(await problemOf(Buffer.alloc(0))).toEqual({ code: "upload_empty" });
});

/** A progressive picture whose last scan is there many times over. */
async function manyScans(side: number, count: number): Promise<Buffer> {
  const photo = await plain(side, side).jpeg({ progressive: true }).toBuffer();
  const lastScan = photo.subarray(photo.lastIndexOf(Buffer.from([0xff, 0xda])), -2);
  return Buffer.concat([photo.subarray(0, -2), ...Array(count).fill(lastScan), photo.subarray(-2)]);
}
const withLimits = async (limits: Parameters<typeof createImageProcessor>[0], bytes: Buffer) => {
  const limited = createImageProcessor(limits);
  return limited
    .inspectAndReencode(bytes)
    .catch((error: unknown) => error)
    .finally(() => limited.close());
};
const large = () => plain(6_000, 5_000).png({ compressionLevel: 1 }).toBuffer();

test.each([
  ["an ordinary progressive picture", 0, { width: 200 }],
  ["9,000 scans", 9_000, { code: "upload_too_complex" }],
])(
  "%s: only a picture of absurdly many scans is refused for them",
  async (_name, count, expected) => {
    const bytes = await manyScans(200, count);
    const outcome = await images.inspectAndReencode(bytes).catch((error) => error.problem);
    expect(outcome).toMatchObject(expected);
  },
);

test.each([
  ["processor time", { cpuMs: 100 }],
  ["memory", { residentBytes: 40_000_000 }],
])("a picture that needs more %s than it may is the file's fault", async (_name, limits) => {
  expect(await withLimits(limits, await large())).toMatchObject({
    name: "DomainError",
    problem: { code: "upload_too_complex" },
  });
});

test("a picture that only took long on the clock is the machine's fault, not the file's", async () => {
  expect(await withLimits({ wallMs: 50 }, await large())).toMatchObject({
    name: "OutageError",
    problem: { code: "busy", retryAfterSeconds: 5 },
  });
});

test("a caller who leaves ends the work, and the next picture is decoded", async () => {
  const leaving = new AbortController();
  const left = images.inspectAndReencode(await large(), leaving.signal);
  setImmediate(() => leaving.abort(new Error("left")));
  await expect(left).rejects.toThrow("left");
  expect(await images.inspectAndReencode(sources.png)).toMatchObject({ width: 300 });
});
