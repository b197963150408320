import { StudioFailure } from "./failure.ts";
import type { ReportProgress, StudioOutput, StudioRequest } from "./request.ts";
import { createSlot, type Slot } from "./slot.ts";

export type { StudioOutput, StudioRequest } from "./request.ts";
export { StudioFailure };

export type Studio = {
  /**
   * Makes the files of one job; waits while all slots are busy. An aborted signal stops the work
   * within a second and rejects with the signal's reason.
   * @throws StudioFailure
   */
  run(
    request: StudioRequest,
    options?: { onProgress?: ReportProgress; signal?: AbortSignal },
  ): Promise<StudioOutput[]>;
  /** Stops all children; runs in progress are rejected. */
  close(): Promise<void>;
};

/** @param slots jobs at the same time; each is a process that uses two cores and about 0.6 GB while it works */
export function createStudio({ slots = 1 }: { slots?: number } = {}): Studio {
  const all = Array.from({ length: slots }, createSlot);
  const free = [...all];
  let closed = false;
  const waiting: ((slot: Slot) => void)[] = [];

  const take = (signal: AbortSignal | undefined): Promise<Slot> => {
    const slot = free.pop();
    if (slot) return Promise.resolve(slot);
    return new Promise((resolve, reject) => {
      const grant = (granted: Slot) => {
        signal?.removeEventListener("abort", giveUp);
        resolve(granted);
      };
      const giveUp = () => {
        waiting.splice(waiting.indexOf(grant), 1);
        reject(signal?.reason);
      };
      waiting.push(grant);
      signal?.addEventListener("abort", giveUp, { once: true });
    });
  };
  const giveBack = (slot: Slot) => {
    const next = waiting.shift();
    if (next) next(slot);
    else free.push(slot);
  };

  return {
    async run(request, options = {}) {
      options.signal?.throwIfAborted();
      if (closed) throw new StudioFailure("provider_unavailable", "the studio is closed");
      const slot = await take(options.signal);
      try {
        if (closed) throw new StudioFailure("provider_unavailable", "the studio is closed");
        return await slot.run(request, options);
      } finally {
        giveBack(slot);
      }
    },
    async close() {
      closed = true;
      await Promise.all(all.map((slot) => slot.close()));
    },
  };
}
