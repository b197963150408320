import { StudioFailure } from "../failure.ts";
import { SALIENCY_SIDE, type Saliency } from "./saliency.ts";

const MOST_UNCERTAIN = 0.35;
/** A subject that runs out of the picture must be clearer: its missing parts cannot be hidden in a scene. */
const MOST_UNCERTAIN_WHEN_CROPPED = 0.2;
const CROPPED_SIDE_SHARE = 0.35;
const LEAST_COVERAGE = 0.04;
const MOST_COVERAGE = 0.94;
/** Below this the network saw nothing and stretching its answer would only amplify noise. */
const WEAKEST_PEAK = 0.5;

/**
 * Better no picture than a bad cut-out sold as a success.
 * @throws StudioFailure `subject_not_found`
 */
export function ensureSubject(saliency: Saliency): void {
  const reason = whyRefused(saliency);
  if (reason) throw new StudioFailure("subject_not_found", reason);
}

function whyRefused(saliency: Saliency): string | null {
  const { uncertainty, coverage, peak } = saliency;
  if (peak < WEAKEST_PEAK) return `nothing stands out (${peak.toFixed(2)})`;
  if (coverage < LEAST_COVERAGE) return `the subject is too small (${coverage.toFixed(3)})`;
  if (coverage > MOST_COVERAGE) return `there is no background (${coverage.toFixed(3)})`;
  const limit = isCropped(saliency.mask) ? MOST_UNCERTAIN_WHEN_CROPPED : MOST_UNCERTAIN;
  if (uncertainty > limit) return `the outline is a guess (${uncertainty.toFixed(2)} > ${limit})`;
  return null;
}

/** Whether the subject fills a good part of one side of the frame, so that a piece of it is missing. */
function isCropped(mask: Float32Array): boolean {
  const last = SALIENCY_SIDE - 1;
  const sides = [0, 0, 0, 0];
  for (let i = 0; i < SALIENCY_SIDE; i++) {
    if (mask[i] > 0.5) sides[0]++;
    if (mask[last * SALIENCY_SIDE + i] > 0.5) sides[1]++;
    if (mask[i * SALIENCY_SIDE] > 0.5) sides[2]++;
    if (mask[i * SALIENCY_SIDE + last] > 0.5) sides[3]++;
  }
  return Math.max(...sides) > CROPPED_SIDE_SHARE * SALIENCY_SIDE;
}
