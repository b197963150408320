import fc from "fast-check";
import { expect, test } from "vitest";
import { createFairQueue, type FairQueueOptions, QueueFull } from "./fair-queue.ts";

type Limits = Required<FairQueueOptions>;
type Step =
  | { kind: "enter"; key: string }
  /** One that waits or runs, counted from the oldest. */
  | { kind: "leave" | "end" | "fail"; at: number };

const keys = ["a", "b", "c", "d"];
const limits: fc.Arbitrary<Limits> = fc
  .record({
    running: fc.integer({ min: 1, max: 3 }),
    runningPerKey: fc.integer({ min: 1, max: 3 }),
    waitingPerKey: fc.integer({ min: 1, max: 4 }),
    waitingInAll: fc.integer({ min: 1, max: 8 }),
  })
  .map((each) => ({ ...each, runningPerKey: Math.min(each.runningPerKey, each.running) }));
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("enter"), key: fc.constantFrom(...keys) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom("end", "end", "fail", "leave"),
        at: fc.integer({ min: 0, max: 9 }),
      }),
    },
  ) as fc.Arbitrary<Step>,
  { maxLength: 60 },
);

type Work = {
  key: string;
  state: "waiting" | "running" | "over";
  finish: PromiseWithResolvers<void>;
  giveUp: AbortController;
  outcome: Promise<string>;
  /** Starts of each other key since this work could have been started, but for the turns of others. */
  overtakenBy: Map<string, number>;
};

const settled = () => new Promise(setImmediate);

/** A queue, and what everybody who looks at it from outside may expect. */
class Watched {
  readonly works: Work[] = [];
  readonly #limits: Limits;
  readonly #queue: ReturnType<typeof createFairQueue>;

  constructor(settings: Limits) {
    this.#limits = settings;
    this.#queue = createFairQueue(settings);
  }

  those = (state: Work["state"], key?: string): Work[] =>
    this.works.filter((work) => work.state === state && (key === undefined || work.key === key));

  #isBlocked = (key: string): boolean =>
    this.those("running", key).length >= this.#limits.runningPerKey;

  async enter(key: string): Promise<void> {
    const { waitingPerKey, waitingInAll } = this.#limits;
    const full = {
      key: this.those("waiting", key).length >= waitingPerKey,
      all: this.those("waiting").length >= waitingInAll,
    };
    const work: Work = {
      ...{ key, state: "waiting", finish: Promise.withResolvers<void>() },
      ...{ giveUp: new AbortController(), outcome: Promise.resolve(""), overtakenBy: new Map() },
    };
    const running = this.#queue.run(key, () => this.#start(work), work.giveUp.signal);
    work.outcome = running.then(
      () => "done",
      (error: unknown) => (error instanceof QueueFull ? error.reason : String(error)),
    );
    if (full.key || full.all) {
      const waits = settled().then(() => "waits");
      expect(await Promise.race([work.outcome, waits])).toBe(full.key ? "key" : "all");
      return;
    }
    this.works.push(work);
    await settled();
  }

  #start(work: Work): Promise<void> {
    expect(work.state).toBe("waiting");
    expect(this.those("waiting", work.key)[0], "in the order of their key").toBe(work);
    work.state = "running";
    for (const other of keys) {
      const [first] = this.those("waiting", other);
      if (!first || other === work.key || this.#isBlocked(other)) continue;
      const turns = (first.overtakenBy.get(work.key) ?? 0) + 1;
      expect(turns, `${work.key} has had a turn before ${other} already`).toBe(1);
      first.overtakenBy.set(work.key, turns);
    }
    // The next of this key waits for its own turn.
    return work.finish.promise;
  }

  async end(work: Work | undefined, how: "end" | "fail" | "leave"): Promise<void> {
    if (!work) return;
    const wasWaiting = work.state === "waiting";
    if (how === "leave") work.giveUp.abort("left");
    else if (wasWaiting) return;
    else if (how === "end") work.finish.resolve();
    else work.finish.reject("failed");
    // Whoever runs has to listen for itself.
    if (how === "leave" && !wasWaiting) return;
    work.state = "over";
    const expected = { end: "done", fail: "failed", leave: "left" }[how];
    expect(await work.outcome).toBe(expected);
    await settled();
  }

  look(): void {
    const { running, runningPerKey } = this.#limits;
    expect(this.those("running").length).toBeLessThanOrEqual(running);
    for (const key of keys)
      expect(this.those("running", key).length).toBeLessThanOrEqual(runningPerKey);
    if (this.those("running").length === running) return;
    const idle = this.those("waiting").filter(({ key }) => !this.#isBlocked(key));
    expect(idle, "a place is free and nobody is kept from it").toEqual([]);
  }
}

test("whatever comes, goes, fails and leaves: the limits hold, no place stays empty, and no key is overtaken twice by another", async () => {
  await fc.assert(
    fc.asyncProperty(limits, steps, async (settings, story) => {
      const watched = new Watched(settings);
      for (const step of story) {
        if (step.kind === "enter") await watched.enter(step.key);
        else {
          const there = watched.works.filter(({ state }) => state !== "over");
          await watched.end(there[step.at % Math.max(1, there.length)], step.kind);
        }
        watched.look();
      }
      // In the end everybody who stayed had their turn, and all places are free again.
      for (let [next] = watched.those("running"); next; [next] = watched.those("running"))
        await watched.end(next, "end");
      expect(watched.works.filter(({ state }) => state !== "over")).toEqual([]);
      for (const key of keys.slice(0, settings.running)) await watched.enter(key);
      expect(watched.those("running")).toHaveLength(settings.running);
    }),
    { numRuns: 300 },
  );
});
