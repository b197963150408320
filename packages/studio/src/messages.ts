import type { GenerationFailureCode, ProgressStage } from "@tintype/core/generation";
import type { StudioOutput, StudioRequest } from "./request.ts";

/** To the child: one request at a time, the next only after `done` or `failed`. */
export type ToChild = StudioRequest;

export type FromChild =
  | { type: "progress"; percent: number; stage: ProgressStage }
  | { type: "done"; outputs: StudioOutput[] }
  | { type: "failed"; code: GenerationFailureCode; message: string };
