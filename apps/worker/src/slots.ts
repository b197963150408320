import type { Logger } from "@tintype/integrations/process/logger";
import type { ServiceContext, SystemActor } from "@tintype/services/context";
import { runNextJob, type Worker } from "@tintype/services/jobs/run-next-job";

/** The floor below the signal: a lost NOTIFY delays a job by no more than this. */
const POLL_MS = 1_000;
/** After an error of the database: long enough not to flood the log, short enough not to be noticed. */
const ERROR_PAUSE_MS = 1_000;
/** Between two looks whether a part of ours that was away is back. */
const READY_EVERY_MS = 1_000;

export type Slots = { stop: () => Promise<void> };

/**
 * Works on jobs in `count` lanes until stopped: each takes a job whenever one is due. A signal wakes the
 * idle ones at once; a poll finds what a lost signal, a retry or a crashed worker left behind.
 */
export function startSlots(
  ctx: ServiceContext<SystemActor>,
  worker: Worker,
  count: number,
  logger: Logger,
): Slots {
  let stopped = false;
  const sleepers = new Set<() => void>();
  /** How often jobs were announced: one announced while a claim is under way is not in its answer. */
  let announced = 0;
  const wakeAll = () => {
    announced += 1;
    for (const wake of [...sleepers]) wake();
  };
  const sleep = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      sleepers.add(wake);
    });

  /** Set by a job that had to be put back: none is taken before the store answers again. */
  let isTroubled = false;
  async function waitUntilReady(): Promise<void> {
    while (isTroubled && !stopped) {
      try {
        await ctx.storage.checkReachable();
        isTroubled = false;
      } catch (error) {
        logger.warn({ err: error }, "no jobs are taken until the store answers");
        await sleep(READY_EVERY_MS);
      }
    }
  }

  async function work(): Promise<void> {
    while (!stopped) {
      try {
        await waitUntilReady();
        if (stopped) return;
        const startedAt = performance.now();
        const announcedBefore = announced;
        const outcome = await runNextJob(ctx, worker);
        if (outcome === "put_back") isTroubled = true;
        if (outcome === null && announced === announcedBefore) await sleep(POLL_MS);
        else if (outcome !== null)
          logger.info({ outcome, ms: Math.round(performance.now() - startedAt) }, "job");
      } catch (error) {
        logger.error({ err: error }, "could not take a job");
        await sleep(ERROR_PAUSE_MS);
      }
    }
  }

  const unsubscribe = ctx.signals.onJobQueued(wakeAll);
  const running = Array.from({ length: count }, work);
  return {
    stop: async () => {
      stopped = true;
      unsubscribe();
      wakeAll();
      await Promise.all(running);
    },
  };
}
