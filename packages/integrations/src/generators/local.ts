import { createStudio, StudioFailure } from "@tintype/studio/studio";
import { GenerationFailure, type Generator } from "./generator.ts";
import { generatorLimits } from "./limits.ts";

/**
 * The built-in generator: no network, no key. It answers with the files themselves, and an attempt
 * that is repeated makes the same bytes, so job and attempt do not matter to it.
 */
export function createLocalGenerator({ slots = 1 }: { slots?: number } = {}): Generator {
  const studio = createStudio({ slots });
  return {
    name: "local",
    limits: generatorLimits.local,
    async generate({ settings, input }, { signal, onProgress }) {
      try {
        return await studio.run(
          { settings, input },
          { signal, onProgress: (percent, stage) => onProgress({ percent, stage }) },
        );
      } catch (error) {
        if (!(error instanceof StudioFailure)) throw error;
        throw new GenerationFailure(error.code, error.message, { cause: error });
      }
    },
    close: () => studio.close(),
  };
}
