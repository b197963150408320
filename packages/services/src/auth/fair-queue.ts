export type FairQueueOptions = {
  /** Works that run at the same time. */
  running: number;
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
export function createFairQueue({ running, waitingPerKey, waitingInAll }: FairQueueOptions) {
  /** In the order of their turns; a key that has had its turn goes to the end. */
  const waiting = new Map<string, (() => void)[]>();
  let free = running;
  let inAll = 0;

  function next(): void {
    const [turn] = waiting;
    if (!turn || free === 0) return;
    const [key, works] = turn;
    const start = works.shift();
    waiting.delete(key);
    if (works.length > 0) waiting.set(key, works);
    inAll--;
    free--;
    start?.();
  }

  function enter(key: string): Promise<void> {
    const works = waiting.get(key) ?? [];
    if (works.length >= waitingPerKey) throw new QueueFull("key");
    if (inAll >= waitingInAll) throw new QueueFull("all");
    return new Promise((resolve) => {
      works.push(resolve);
      waiting.set(key, works);
      inAll++;
      next();
    });
  }

  return {
    /** @throws QueueFull when it would have to wait behind too many */
    async run<T>(key: string, work: () => Promise<T>): Promise<T> {
      await enter(key);
      try {
        return await work();
      } finally {
        free++;
        next();
      }
    },
  };
}
