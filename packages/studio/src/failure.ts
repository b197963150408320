import type { GenerationFailureCode } from "@tintype/core/generation";

/** The studio could not deliver; `code` is what the user is told, `message` is for the log. */
export class StudioFailure extends Error {
  override readonly name = "StudioFailure";
  readonly code: GenerationFailureCode;

  constructor(code: GenerationFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
