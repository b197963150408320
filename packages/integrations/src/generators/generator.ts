import {
  type GenerationFailureCode,
  type GenerationSettings,
  outcomeUnknown,
  type ProgressStage,
} from "@tintype/core/generation";
import type { GeneratorLimits } from "./limits.ts";

/** A finished file in memory. `poster` is the first frame of a video as JPEG. */
export type GeneratedFile = {
  bytes: Uint8Array;
  contentType: string;
  width: number;
  height: number;
  durationMs?: number;
  poster?: Uint8Array;
};

/** `name` and `attempt` name the work to a provider, so that asking twice does not pay twice. */
export type GenerationRequest = {
  /** The job's name to a provider, from `providerNameOf`: a job's id alone is unique for its user only. */
  name: string;
  attempt: number;
  settings: GenerationSettings;
  input: Uint8Array;
};

/** `percent` is 0 … 100. */
export type GenerationProgress = { percent: number; stage: ProgressStage };

/** Anything that turns a photo into pictures or a video. */
export type Generator = {
  readonly name: string;
  readonly limits: GeneratorLimits;
  /**
   * Rejects with the signal's reason when aborted.
   * @throws GenerationFailure
   */
  generate(
    request: GenerationRequest,
    options: { signal: AbortSignal; onProgress: (progress: GenerationProgress) => void },
  ): Promise<GeneratedFile[]>;
  /**
   * Only of providers whose work goes on without us: how the newest attempt of a job ended, up to the one named.
   * Never begins work, and throws rather than guess.
   */
  find?(
    attempt: Omit<GenerationRequest, "input">,
    options: { signal: AbortSignal },
  ): Promise<FoundAttempt>;
  close(): Promise<void>;
};

/** `not_found`: the provider never began it. */
export type FoundAttempt =
  | { state: "running" | "not_found" }
  | { state: "succeeded"; files: GeneratedFile[] }
  | { state: "failed"; code: GenerationFailureCode };

/** The generator could not deliver; `code` decides whether another attempt makes sense. */
export class GenerationFailure extends Error {
  override readonly name = "GenerationFailure";
  readonly code: GenerationFailureCode;

  constructor(code: GenerationFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The work was handed over, and then the line went dead: it may have been done, or not. A timeout is no failure. */
export class GenerationUnknown extends Error {
  override readonly name = "GenerationUnknown";
  readonly code = outcomeUnknown;
}
