import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { generationSettings, qualityPixels, qualityTiers } from "@tintype/core/generation";
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from "mediabunny";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { createStudio } from "./studio.ts";
import { chelsea, coffee } from "./test-fixtures.ts";

const studio = createStudio();
afterAll(() => studio.close());

const settings = (values: Record<string, unknown> = {}) =>
  generationSettings.parse({ kind: "image", ...values });
const rawPixels = (bytes: Uint8Array) => sharp(bytes).raw().toBuffer();

test("each quality tier gives its pixels, and only the preview carries a mark", async () => {
  const input = await coffee();
  for (const qualityTier of qualityTiers) {
    const [file] = await studio.run({
      settings: settings({ qualityTier, aspectRatio: "3:2" }),
      input,
    });
    const metadata = await sharp(file?.bytes).metadata();
    expect(metadata.width, qualityTier).toBe(qualityPixels[qualityTier]);
    expect(metadata.height, qualityTier).toBe(Math.round(qualityPixels[qualityTier] / 3) * 2);
    expect(metadata.format).toBe("jpeg");
    expect(metadata.exif?.toString("latin1")).toContain("AI-generated composite");
    const marks = await cornerContrast(file?.bytes ?? new Uint8Array());
    if (qualityTier === "watermark") expect(marks).toBeGreaterThan(70);
    else expect(marks).toBeLessThan(45);
  }
}, 240_000);

/** Contrast in an empty corner of the picture, where only a watermark can have any. */
async function cornerContrast(bytes: Uint8Array): Promise<number> {
  const { width } = await sharp(bytes).metadata();
  const corner = await sharp(bytes)
    .extract({ left: 0, top: 0, width: Math.round(width * 0.14), height: Math.round(width * 0.2) })
    .greyscale()
    .raw()
    .toBuffer();
  return corner.reduce((a, b) => Math.max(a, b), 0) - corner.reduce((a, b) => Math.min(a, b), 255);
}

test("pictures of one job share the subject and differ in the seed; the same request gives the same bytes", async () => {
  const input = await coffee();
  const request = {
    settings: settings({ qualityTier: "watermark", scene: "wood_table", count: 2, seed: 5 }),
    input,
  };
  const seen: [number, string][] = [];
  const [first, second] = await studio.run(request, {
    onProgress: (percent, stage) => seen.push([percent, stage]),
  });
  const [again] = await studio.run({
    settings: settings({ qualityTier: "watermark", scene: "wood_table", seed: 6 }),
    input,
  });
  expect(Buffer.compare(first?.bytes ?? input, second?.bytes ?? input)).not.toBe(0);
  expect(Buffer.compare(again?.bytes ?? input, second?.bytes ?? input)).toBe(0);
  expect(seen.map(([percent]) => percent)).toEqual(seen.map(([p]) => p).toSorted((a, b) => a - b));
  expect(new Set(seen.map(([, stage]) => stage))).toEqual(
    new Set(["reading", "cutting_out", "building_scene", "lighting", "rendering", "encoding"]),
  );
}, 240_000);

test("the pro tier brings detail that enlarging alone does not", async () => {
  const input = await coffee();
  const run = (modelTier: string) =>
    studio.run({ settings: settings({ modelTier, qualityTier: "hd" }), input });
  const [[plain], [pro]] = [await run("standard"), await run("pro")];
  const sharpness = async (bytes: Uint8Array | undefined) => (await sharp(bytes).stats()).sharpness;
  expect(await sharpness(pro?.bytes)).toBeGreaterThan(await sharpness(plain?.bytes));
}, 240_000);

test("a video is an MP4 that can be seeked, with a poster", async () => {
  const [file] = await studio.run({
    settings: settings({
      kind: "video",
      durationSeconds: 2,
      qualityTier: "watermark",
      aspectRatio: "16:9",
      cameraMove: "dolly",
    }),
    input: await coffee(),
  });
  expect(file).toMatchObject({
    contentType: "video/mp4",
    width: 640,
    height: 360,
    durationMs: 2000,
  });
  const bytes = file?.bytes ?? new Uint8Array();
  const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack();
  expect(track?.codec).toBe("avc");
  expect(await input.computeDuration()).toBeCloseTo(2, 2);
  const types: string[] = [];
  if (track)
    for await (const packet of new EncodedPacketSink(track).packets()) types.push(packet.type);
  expect(types).toHaveLength(48);
  expect(types.flatMap((type, frame) => (type === "key" ? [frame] : []))).toEqual([0, 24]);
  const text = Buffer.from(bytes).toString("latin1");
  expect(text.indexOf("moov"), "the index comes before the pictures").toBeLessThan(
    text.indexOf("mdat"),
  );
  expect(await sharp(file?.poster).metadata()).toMatchObject({
    format: "jpeg",
    width: 640,
    height: 360,
  });
}, 240_000);

test("more seconds than the studio can render are refused at once", async () => {
  const request = {
    settings: settings({ kind: "video", durationSeconds: 16 }),
    input: await coffee(),
  };
  await expect(studio.run(request)).rejects.toMatchObject({ code: "settings_unsupported" });
});

test("failures cross the process border with their code", async () => {
  const noSubject = { settings: settings(), input: await chelsea() };
  await expect(studio.run(noSubject)).rejects.toMatchObject({ code: "subject_not_found" });
  const unreadable = { settings: settings(), input: Buffer.from("<svg/>") };
  await expect(studio.run(unreadable)).rejects.toMatchObject({ code: "input_unreadable" });
}, 240_000);

test("cancelling stops long before the end and the slot works again", async () => {
  const input = await coffee();
  const cancel = new AbortController();
  let cancelledAt = 0;
  const run = studio.run(
    { settings: settings({ kind: "video", durationSeconds: 15 }), input },
    {
      signal: cancel.signal,
      onProgress: (_percent, stage) => {
        if (stage !== "rendering" || cancelledAt > 0) return;
        cancelledAt = performance.now();
        cancel.abort(new Error("no longer wanted"));
      },
    },
  );
  await expect(run).rejects.toThrow("no longer wanted");
  expect(performance.now() - cancelledAt).toBeLessThan(5_000);
  const [file] = await studio.run({ settings: settings({ qualityTier: "watermark" }), input });
  expect((await rawPixels(file?.bytes ?? input)).length).toBe(768 * 768 * 3);
}, 240_000);

test("cancelling while waiting for a slot takes no slot", async () => {
  const input = await coffee();
  const busy = studio.run({ settings: settings({ qualityTier: "watermark" }), input });
  const waiting = studio.run({ settings: settings(), input }, { signal: AbortSignal.timeout(20) });
  await expect(waiting).rejects.toMatchObject({ name: "TimeoutError" });
  await expect(busy).resolves.toHaveLength(1);
}, 240_000);

const childrenOf = async (pid: number | undefined) => {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid="]);
  const rows = stdout
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number));
  return rows.flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
};

test("a child that dies fails only its own run", async () => {
  const own = createStudio();
  const before = await childrenOf(process.pid);
  const run = own.run(
    { settings: settings({ kind: "video", durationSeconds: 15 }), input: await coffee() },
    { onProgress: () => void killNewChildren(before) },
  );
  await expect(run).rejects.toMatchObject({ code: "provider_failed" });
  await own.close();
}, 240_000);

async function killNewChildren(before: number[]): Promise<void> {
  for (const pid of await childrenOf(process.pid)) {
    if (before.includes(pid)) continue;
    const [, command] = await commandOf(pid);
    if (command.includes("child.ts")) killIfAlive(pid);
  }
}

/** Each word of progress kills, and the one before may have been faster. */
function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function commandOf(pid: number): Promise<[number, string]> {
  const { stdout } = await promisify(execFile)("ps", ["-p", String(pid), "-o", "args="]).catch(
    () => ({ stdout: "" }),
  );
  return [pid, stdout];
}

test("a closed studio takes no work", async () => {
  const own = createStudio();
  await own.close();
  const request = { settings: settings(), input: await coffee() };
  await expect(own.run(request)).rejects.toMatchObject({ code: "provider_unavailable" });
});

test("no child outlives its parent, however the parent ends", async () => {
  const parent: ChildProcess = fork(new URL("./test-parent.ts", import.meta.url), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(parent, "message");
  const children = await childrenOf(parent.pid);
  expect(children.length).toBeGreaterThan(0);
  parent.kill("SIGKILL");
  await once(parent, "exit");
  await expect
    .poll(
      async () =>
        (await Promise.all(children.map(commandOf))).filter(([, text]) =>
          text.includes("child.ts"),
        ),
      {
        timeout: 30_000,
        interval: 100,
      },
    )
    .toEqual([]);
}, 240_000);
