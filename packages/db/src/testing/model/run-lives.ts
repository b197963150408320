import fc from "fast-check";
import { live, type Tally } from "./live.ts";
import type { ModelDatabase } from "./model-database.ts";
import { lives } from "./plan.ts";

/** Also of the search for the smallest life that fails. */
const TIME_LIMIT_MS = 500_000;

export type RunOptions = {
  seed: number;
  lives: number;
  /** How many lives go on side by side; each has users of its own, all share the database and the pool. */
  atOnce?: number;
  /** Whether to look for the smallest life that fails; not needed to see that one does. */
  shrink?: boolean;
};

/**
 * Lives so many random lives.
 * @throws fast-check's error with seed, path and the smallest failing life it found
 */
export async function runLives(database: ModelDatabase, options: RunOptions): Promise<Tally> {
  const { atOnce = 12, shrink = true } = options;
  const tally: Tally = { lives: 0, calls: 0, lost: 0, events: 0 };
  let failed: number | undefined;
  const lanes = Array.from({ length: atOnce }, async (_, lane) => {
    const property = fc.asyncProperty(lives, async (life) => {
      // One counterexample is enough; the other lanes stop.
      if (failed !== undefined && failed !== lane) return;
      try {
        await live(database, life, tally);
      } catch (error) {
        failed ??= lane;
        throw error;
      }
    });
    await fc.assert(property, {
      seed: options.seed + lane,
      numRuns: Math.ceil(options.lives / atOnce),
      endOnFailure: !shrink,
      interruptAfterTimeLimit: TIME_LIMIT_MS,
      markInterruptAsFailure: true,
    });
  });
  const outcomes = await Promise.allSettled(lanes);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  return tally;
}
