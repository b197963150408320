import { generateImages } from "./generate-images.ts";
import { generateVideo } from "./generate-video.ts";
import type { ReportProgress, StudioOutput, StudioRequest } from "./request.ts";

/**
 * The whole engine in this process: blocks it for seconds, so servers use `createStudio`.
 * @throws StudioFailure
 */
export async function generate(
  { settings, input }: StudioRequest,
  report: ReportProgress,
): Promise<StudioOutput[]> {
  let reached = 0;
  const forward: ReportProgress = (percent, stage) => {
    reached = Math.max(reached, Math.min(100, percent));
    report(reached, stage);
  };
  return settings.kind === "image"
    ? generateImages(settings, input, forward)
    : [await generateVideo(settings, input, forward)];
}
