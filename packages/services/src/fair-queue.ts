export type FairQueueOptions = {
  /** Works that run at the same time, of all keys and of one. */
  running: number;
  runningPerKey?: number;
  /** Works that may wait for one key, and for all keys together. */
  waitingPerKey: number;
  waitingInAll: number;
};

/** Thrown instead of waiting: by whose fault the queue is full decides what the caller is told. */
export class QueueFull extends Error {
  override readonly name = "QueueFull";
  readonly reason: "key" | "all";

  constructor(reason: "key" | "all") {
    super(`the queue is full for ${reason === "key" ? "this key" : "everybody"}`);
    this.reason = reason;
  }
}

/**
 * Runs works a few at a time, in turns between their keys: a key with a hundred works waiting delays a key with one
 * by a single turn. It is bounded, so that a flood is refused and never grows into memory.
 */
export function createFairQueue({
  running,
  runningPerKey = running,
  waitingPerKey,
  waitingInAll,
}: FairQueueOptions) {
  /** In the order of their turns; a key that has had its turn goes to the end. */
  const waiting = new Map<string, (() => void)[]>();
  const busy = new Map<string, number>();
  let free = running;
  let inAll = 0;

  const occupy = (key: string, places: 1 | -1) => {
    const now = (busy.get(key) ?? 0) + places;
    if (now > 0) busy.set(key, now);
    else busy.delete(key);
    free -= places;
  };

  function next(): void {
    if (free === 0) return;
    for (const [key, works] of waiting) {
      if ((busy.get(key) ?? 0) >= runningPerKey) continue;
      const start = works.shift();
      waiting.delete(key);
      if (works.length > 0) waiting.set(key, works);
      inAll--;
      occupy(key, 1);
      start?.();
      return;
    }
  }

  /** Somebody who no longer waits makes room for another. */
  function leave(key: string, start: () => void): void {
    const works = waiting.get(key) ?? [];
    const place = works.indexOf(start);
    if (place < 0) return;
    works.splice(place, 1);
    if (works.length === 0) waiting.delete(key);
    inAll--;
  }

  function enter(key: string, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const works = waiting.get(key) ?? [];
    if (works.length >= waitingPerKey) throw new QueueFull("key");
    if (inAll >= waitingInAll) throw new QueueFull("all");
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        leave(key, start);
        reject(signal?.reason);
      };
      const start = () => {
        signal?.removeEventListener("abort", giveUp);
        resolve();
      };
      signal?.addEventListener("abort", giveUp, { once: true });
      works.push(start);
      waiting.set(key, works);
      inAll++;
      next();
    });
  }

  return {
    /**
     * An aborted signal takes a work that still waits out of the queue and rejects with its reason; a work that runs
     * has to listen for itself.
     * @throws QueueFull when it would have to wait behind too many
     */
    async run<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
      await enter(key, signal);
      try {
        return await work();
      } finally {
        occupy(key, -1);
        next();
      }
    },
  };
}
