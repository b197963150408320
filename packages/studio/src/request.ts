import type {
  AspectRatio,
  GenerationSettings,
  ModelTier,
  ProgressStage,
} from "@tintype/core/generation";

export type StudioRequest = { settings: GenerationSettings; input: Uint8Array };

/** One finished file. `poster` is the first frame of a video as JPEG. */
export type StudioOutput = {
  bytes: Uint8Array;
  contentType: string;
  width: number;
  height: number;
  durationMs?: number;
  poster?: Uint8Array;
};

/** `percent` is 0 … 100 and never goes back. */
export type ReportProgress = (percent: number, stage: ProgressStage) => void;

/** What a model tier buys: how much work goes into one picture. */
export type Effort = {
  /** Passes of ×2 upscaling the cut-out may get when it is too small. */
  upscalings: number;
  /** Long side of the scene in pixels; finer than this it is enlarged under the grain. */
  sceneSide: number;
  sharpen: boolean;
};

export const efforts: Record<ModelTier, Effort> = {
  standard: { upscalings: 0, sceneSide: 1024, sharpen: false },
  pro: { upscalings: 1, sceneSide: 1280, sharpen: true },
  ultra: { upscalings: 2, sceneSide: 1792, sharpen: true },
};

/** Even sizes, which H.264 asks for and images do not mind. */
export function frameSize(aspectRatio: AspectRatio, longSide: number) {
  const [across = 1, down = 1] = aspectRatio.split(":").map(Number);
  const even = (value: number) => Math.round(value / 2) * 2;
  return {
    width: even(longSide * Math.min(1, across / down)),
    height: even(longSide * Math.min(1, down / across)),
  };
}
