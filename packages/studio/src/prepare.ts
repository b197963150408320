import type { GenerationSettings } from "@tintype/core/generation";
import { type CutOut, cutOut } from "./cut-out/cut-out.ts";
import { decodePhoto } from "./cut-out/decode.ts";
import { readLook } from "./look.ts";
import { clamp } from "./pixels/numbers.ts";
import { placeSubject } from "./placement.ts";
import { efforts, type ReportProgress } from "./request.ts";
import { upscaleTwice } from "./upscale/upscale.ts";

/** The subject fills about two thirds of a picture, and about as much of a photo. */
const WORKING_SHARE = 1.1;
const LEAST_SIDE = 900;
const MOST_SIDE = 2_400;
/** Below this enlargement plain resampling is as good. */
const WORTH_UPSCALING = 1.15;
/** A cut-out of more pixels would take the network minutes. */
const MOST_UPSCALED_PIXELS = 700_000;

/**
 * Photo to cut-out, upscaled when the effort allows it and the picture needs it.
 * @param share percent of the whole job this takes
 */
export async function prepareCutOut(
  settings: GenerationSettings,
  input: Uint8Array,
  size: { width: number; height: number },
  share: number,
  report: ReportProgress,
): Promise<CutOut> {
  report(0, "reading");
  const longestSide = Math.max(size.width, size.height) * WORKING_SHARE;
  const photo = await decodePhoto(input, Math.round(clamp(longestSide, LEAST_SIDE, MOST_SIDE)));
  report(share * 0.1, "cutting_out");
  let subject = await cutOut(photo);
  const { upscalings } = efforts[settings.modelTier];
  for (let pass = 0; pass < upscalings; pass++) {
    const placement = placeSubject(subject, readLook(settings), size.width / size.height);
    const wanted = placement.width * Math.min(size.width, size.height);
    if (wanted / subject.width < WORTH_UPSCALING) break;
    if (subject.width * subject.height > MOST_UPSCALED_PIXELS) break;
    report(share * (0.45 + 0.25 * pass), "upscaling");
    subject = await upscaleTwice(subject);
  }
  report(share, "building_scene");
  return subject;
}
