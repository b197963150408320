import { createLogger } from "@tintype/integrations/process/logger";
import type { ServiceContext, SystemActor } from "@tintype/services/context";
import type { Worker } from "@tintype/services/jobs/run-next-job";
import { expect, test } from "vitest";
import { startSlots } from "./slots.ts";

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
