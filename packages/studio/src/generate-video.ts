import { setImmediate as breathe } from "node:timers/promises";
import { type QualityTier, type VideoSettings, videoPixels } from "@tintype/core/generation";
import { buildLayers } from "./compose/layers.ts";
import { StudioFailure } from "./failure.ts";
import { readLook } from "./look.ts";
import { prepareCutOut } from "./prepare.ts";
import { efforts, frameSize, type ReportProgress, type StudioOutput } from "./request.ts";
import { startEncoder } from "./video/encoder.ts";
import { FRAMES_PER_SECOND } from "./video/format.ts";
import { createFrameSource } from "./video/frames.ts";
import { posterOf } from "./video/poster.ts";
import { remux } from "./video/remux.ts";
import { createVideoMark } from "./video/watermark.ts";

const LONGEST_SECONDS = 15;
/** The camera looks a little beyond the frame it was painted for. */
const OVERSCAN = 1.24;
const FRAMES_BETWEEN_REPORTS = 6;

const quantizers: Record<QualityTier, number> = {
  watermark: 27,
  standard: 26,
  hd: 24,
  ultra_hd: 25,
  studio: 23,
};

/** @throws StudioFailure `settings_unsupported` above 15 seconds */
export async function generateVideo(
  settings: VideoSettings,
  input: Uint8Array,
  report: ReportProgress,
): Promise<StudioOutput> {
  if (settings.durationSeconds > LONGEST_SECONDS) {
    throw new StudioFailure("settings_unsupported", `${settings.durationSeconds} s is too long`);
  }
  const size = frameSize(settings.aspectRatio, videoPixels[settings.qualityTier]);
  const cutOut = await prepareCutOut(settings, input, size, 15, report);
  const layers = await buildLayers({
    cutOut,
    look: readLook(settings),
    seed: settings.seed,
    ...size,
    sceneSide: Math.min(Math.max(size.width, size.height), efforts[settings.modelTier].sceneSide),
    overscan: OVERSCAN,
    onStage: (stage) => report(stage === "building_scene" ? 15 : 18, stage),
  });
  const source = createFrameSource(
    layers,
    size.width,
    size.height,
    settings.cameraMove,
    settings.seed,
  );
  const video = await renderVideo(settings, size, source.frameAt, report);
  return {
    ...video,
    contentType: "video/mp4",
    ...size,
    durationMs: settings.durationSeconds * 1000,
  };
}

async function renderVideo(
  settings: VideoSettings,
  { width, height }: { width: number; height: number },
  frameAt: (time: number) => Uint8Array,
  report: ReportProgress,
): Promise<{ bytes: Uint8Array; poster: Uint8Array }> {
  const mark = settings.qualityTier === "watermark" ? await createVideoMark(width, height) : null;
  const quantizer = quantizers[settings.qualityTier];
  const encoder = await startEncoder({ width, height, quantizer });
  const count = settings.durationSeconds * FRAMES_PER_SECOND;
  let poster = new Uint8Array();
  try {
    for (let n = 0; n < count; n++) {
      const frame = frameAt(n / (count - 1));
      mark?.(frame);
      if (n === 0) poster = new Uint8Array(await posterOf(frame, width, height));
      await encoder.add(frame);
      if (n % FRAMES_BETWEEN_REPORTS !== 0) continue;
      report(20 + (75 * n) / count, "rendering");
      // Lets the message out, and the news in that nobody waits for us any more.
      await breathe();
    }
    report(96, "encoding");
    return { bytes: await remux(await encoder.finish(), FRAMES_PER_SECOND), poster };
  } finally {
    encoder.close();
  }
}
