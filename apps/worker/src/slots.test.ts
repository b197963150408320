import { OutageError } from "@tintype/core/problems";
import { createLogger } from "@tintype/integrations/process/logger";
import type { ServiceContext, SystemActor } from "@tintype/services/context";
import type { Worker } from "@tintype/services/jobs/run-next-job";
import { afterEach, expect, test, vi } from "vitest";

import { startSlots } from "./slots.ts";

afterEach(() => void vi.useRealTimers());

/** A queue that is always empty, and answers when the test says so. */
function emptyQueue() {
  const asked = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const mayAnswer = Promise.withResolvers<void>();
  let claims = 0;
  const execute = async () => {
    asked[claims]?.resolve();
    claims += 1;
    await mayAnswer.promise;
    return [{ result: null }];
  };
  const statement = { from: () => ({ prepare: () => ({ execute }) }) };
  const db = { $client: true, select: () => statement };
  const [first, second] = asked.map(({ promise }) => promise);
  return { db, first, second, answer: mayAnswer.resolve };
}

test("a job that is queued while a slot is just finding nothing does not wait for the next poll", async () => {
  const { db, first, second, answer } = emptyQueue();
  let signal = () => undefined as unknown;
  const signals = {
    onJobQueued: (listener: () => void) => {
      signal = listener;
      return () => undefined;
    },
  };
  const ctx = { db, signals, config: {}, now: () => new Date() } as unknown;
  const slots = startSlots(
    ctx as ServiceContext<SystemActor>,
    { id: "w" } as Worker,
    1,
    createLogger("worker", "silent"),
  );

  await first;
  const startedAt = performance.now();
  signal();
  answer();
  await second;

  expect(performance.now() - startedAt).toBeLessThan(500);
  await slots.stop();
});

test("after trouble of ours no slot takes a job until the store answers; the first that does lets all go on", async () => {
  vi.useFakeTimers();
  const store = { isAway: true, asked: 0 };
  const claimed = { userId: "u", jobId: "j", attempt: 1, more: false };
  let claims = 0;
  const answers: Record<string, () => unknown> = {
    claim_job: () => {
      claims += 1;
      if (claims > 50) throw new Error("too many claims");
      return store.isAway ? claimed : null;
    },
    fail_job: () => "requeued",
  };
  // The job itself cannot be read: trouble of ours, which puts it back.
  const execute = async (name: string) => {
    const answer = answers[name];
    if (!answer) throw new OutageError({ code: "unavailable", retryAfterSeconds: 5 }, "away");
    return [{ result: answer() }];
  };
  const query = { prepare: (name: string) => ({ execute: () => execute(name) }) };
  const from = () => ({ ...query, where: () => query });
  const ctx = {
    ...{ db: { $client: true, select: () => ({ from }) }, now: () => new Date() },
    config: { leaseSeconds: 15, retryBackoffSeconds: 2, concurrentJobsPerUser: 2 },
    signals: {
      ...{ onJobQueued: () => () => undefined, onUserChanged: () => () => undefined },
      ...{ jobQueued: () => undefined, userChanged: () => undefined },
    },
    storage: {
      checkReachable: async () => {
        store.asked += 1;
        if (store.isAway) throw new Error("away");
      },
    },
  } as unknown as ServiceContext<SystemActor>;
  const worker = {
    ...{ id: "w", heartbeatSeconds: 5, stopping: new AbortController().signal },
    ...{ onError: () => undefined, pause: async () => undefined },
  } as unknown as Worker;
  const slots = startSlots(ctx, worker, 3, createLogger("worker", "silent"));

  await vi.advanceTimersByTimeAsync(10_000);
  expect(claims).toBe(3);
  expect(store.asked).toBeGreaterThanOrEqual(20);
  store.isAway = false;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(claims).toBeGreaterThanOrEqual(6);
  const stopped = slots.stop();
  await vi.runAllTimersAsync();
  await stopped;
});
