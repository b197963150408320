import type { JobWatchEvent } from "@tintype/core/jobs";
import { expect, test } from "vitest";
import type { ServiceContext, UserActor } from "../context.ts";
import { imageRequest, useTestServices } from "../testing.ts";
import { cancelJob } from "./cancel-job.ts";
import { submitJob } from "./submit-job.ts";
import { watchJobs } from "./watch-jobs.ts";

const { userWithCredits } = useTestServices();

/** Reads a stream until it says what a test waits for; the test's own time limit bounds it. */
async function until(
  events: AsyncGenerator<JobWatchEvent>,
  found: (event: JobWatchEvent) => boolean,
): Promise<JobWatchEvent[]> {
  const seen: JobWatchEvent[] = [];
  for (let next = await events.next(); !next.done; next = await events.next()) {
    seen.push(next.value);
    if (found(next.value)) return seen;
  }
  throw new Error("the stream ended early");
}
const watch = (ctx: ServiceContext<UserActor>) => {
  const stopping = new AbortController();
  return { events: watchJobs(ctx, stopping.signal), stop: () => stopping.abort() };
};
const isBalance = (available: number) => (event: JobWatchEvent) =>
  event.type === "balance" && event.balance.available === available;
const isJob = (status: string) => (event: JobWatchEvent) =>
  event.type === "job" && event.job.status === status;

test("a watcher sees the balance at once, then the hold and the job, then both coming back", async () => {
  const ctx = await userWithCredits(20);
  const { events, stop } = watch(ctx);
  await until(events, isBalance(20));

  const { id } = await submitJob(ctx, await imageRequest(ctx));
  const after = await until(events, isBalance(15));
  expect(after.some(isJob("queued"))).toBe(true);

  await cancelJob(ctx, { jobId: id });
  const ended = await until(events, isBalance(20));
  expect(ended.some(isJob("cancelled"))).toBe(true);
  stop();
  expect(await events.next()).toMatchObject({ done: true });
});

test("a browser that reconnects is told what ended while it was away", async () => {
  const ctx = await userWithCredits(20);
  const { id } = await submitJob(ctx, await imageRequest(ctx));
  await cancelJob(ctx, { jobId: id });
  const { events, stop } = watch(ctx);
  const seen = await until(events, isBalance(20));
  expect(seen.some((event) => event.type === "job" && event.job.id === id)).toBe(true);
  stop();
});

test("nobody is told of another user's jobs", async () => {
  const owner = await userWithCredits(20);
  const stranger = await userWithCredits(20);
  await submitJob(owner, await imageRequest(owner));
  const { events, stop } = watch(stranger);
  const seen = await until(events, isBalance(20));
  expect(seen).toHaveLength(1);
  stop();
});

test("a stream that is closed before its first message ends by itself", async () => {
  const ctx = await userWithCredits(20);
  const { events, stop } = watch(ctx);
  stop();
  expect(await events.next()).toMatchObject({ done: true });
});
