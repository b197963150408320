import { OutageError } from "@tintype/core/problems";
import type { AssetRow } from "@tintype/db/schema";
import { createFairQueue, QueueFull } from "../fair-queue.ts";

/** As many pictures at once as there are processes to decode them; of one user one after another. */
const defaults = { running: 2, runningPerKey: 1, waitingPerKey: 20, waitingInAll: 200 };
const RETRY_SECONDS = 5;

type Asset = { userId: string; id: string };
type Work = (signal: AbortSignal) => Promise<AssetRow>;

/**
 * The turns in which uploads are looked at. However often an asset is confirmed at once it is looked at once, and
 * everybody gets that answer. When all who asked have left, the work stops.
 */
export type Confirmations = {
  /** @throws OutageError busy when too many wait, or the caller has left */
  run(asset: Asset, work: Work, signal?: AbortSignal): Promise<AssetRow>;
};

type Shared = { callers: number; left: AbortController; result: Promise<AssetRow> };

export function createConfirmations(options: Partial<typeof defaults> = {}): Confirmations {
  const queue = createFairQueue({ ...defaults, ...options });
  const running = new Map<string, Shared>();

  function begin(key: string, userId: string, work: Work): Shared {
    const left = new AbortController();
    const result = queue
      .run(userId, () => work(left.signal), left.signal)
      .catch((error: unknown) => {
        throw error instanceof QueueFull ? busy("too many uploads wait") : error;
      })
      .finally(() => running.delete(key));
    const shared = { callers: 0, left, result };
    running.set(key, shared);
    return shared;
  }

  return {
    async run({ userId, id }, work, signal) {
      const key = `${userId} ${id}`;
      let shared = running.get(key);
      // What all others have left is about to end without a result: this caller wants one.
      while (shared?.left.signal.aborted) {
        await shared.result.catch(() => {});
        shared = running.get(key);
      }
      if (signal?.aborted) throw hasLeft();
      return join(shared ?? begin(key, userId, work), signal);
    },
  };
}

async function join(shared: Shared, signal: AbortSignal | undefined): Promise<AssetRow> {
  shared.callers += 1;
  const leave = () => {
    shared.callers -= 1;
    if (shared.callers === 0) shared.left.abort(hasLeft());
  };
  signal?.addEventListener("abort", leave, { once: true });
  try {
    return await shared.result;
  } finally {
    signal?.removeEventListener("abort", leave);
  }
}

/** No refusal: nothing was decided about the file, and nobody may discard it for this. */
const busy = (message: string) =>
  new OutageError({ code: "busy", retryAfterSeconds: RETRY_SECONDS }, message);
const hasLeft = () => busy("the caller has left");
