import {
  claimJob,
  claimUnknownJob,
  completeJob,
  failJob,
  failUnknownJob,
  heartbeatJob,
  reconcileJob,
  settleUnknownJob,
} from "@tintype/db/job-functions";
import { generationJobs } from "@tintype/db/schema";
import type { FoundAttempt } from "@tintype/integrations/generators/generator";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { imageRequest, useTestServices, walletOf } from "../testing.ts";
import { askProviders } from "./ask-providers.ts";
import { getJob } from "./get-job.ts";
import { reapJobs } from "./reap-jobs.ts";
import { submitJob } from "./submit-job.ts";

// How a lost attempt ends is told by the conformance suite (S1, S5, C6); here is what keeps it from going wrong.
const { userWithCredits, workerContext, clock, parts } = useTestServices({ maxConnections: 20 });
const DAY = 24 * 3_600;

async function claimed(workerId = "worker") {
  const job = await claimJob(parts.database.db, {
    workerId,
    concurrency: 1,
    leaseSeconds: 15,
    now: clock.now(),
  });
  if (!job) throw new Error("nothing to claim");
  return { userId: job.userId, jobId: job.jobId, attempt: job.attempt, workerId };
}

/** A job whose worker has lost sight of it. */
async function lostJob() {
  const user = await userWithCredits(20);
  await submitJob(user, await imageRequest(user));
  const fence = await claimed();
  const outcome = await reconcileJob(user.db, { ...fence, askAfterSeconds: 15, now: clock.now() });
  expect(outcome).toBe("reconciling");
  const { workerId: _, ...unknown } = fence;
  return { user, fence, unknown };
}
const claimUnknown = (provider = "local") =>
  claimUnknownJob(parts.database.db, {
    provider,
    askAgainSeconds: 15,
    giveUpSeconds: DAY,
    now: clock.now(),
  });
const failure = { failureCode: "provider_failed", retryable: false, backoffSeconds: 0 } as const;
const nothing = { deliveredUnits: 1, outputs: [] };

function provider(find: () => Promise<FoundAttempt>, name = "local") {
  const generator = {
    name,
    limits: { videoSeconds: 15 },
    generate: () => Promise.reject(new Error("must not begin")),
    find,
    close: () => Promise.resolve(),
  };
  return { generator, onError: () => undefined };
}

test("the worker that lost sight of a job can no longer change it, nor send it away twice", async () => {
  const { user, fence, unknown } = await lostJob();
  const now = clock.now();
  const beat = { leaseSeconds: 15, progress: 50, stage: null, now };
  expect(await heartbeatJob(user.db, { ...fence, ...beat })).toBe("lost");
  expect(await completeJob(user.db, { ...fence, ...nothing, now })).toEqual({ outcome: "lost" });
  expect(await failJob(user.db, { ...fence, ...failure, now })).toBe("lost");
  expect(await reconcileJob(user.db, { ...fence, askAfterSeconds: 15, now })).toBe("lost");
  expect(await walletOf(user)).toMatchObject({ available: 15, held: 5 });
  await failUnknownJob(user.db, { ...unknown, ...failure, now });
});

test("an answer about another attempt, or a second answer, changes nothing", async () => {
  const { user, unknown } = await lostJob();
  const now = clock.now();
  const other = { ...unknown, attempt: 2 };
  expect(await settleUnknownJob(user.db, { ...other, ...nothing, now })).toEqual({
    outcome: "lost",
  });
  expect(await failUnknownJob(user.db, { ...unknown, ...failure, now })).toBe("failed");
  expect(await settleUnknownJob(user.db, { ...unknown, ...nothing, now })).toEqual({
    outcome: "lost",
  });
  expect(await walletOf(user)).toMatchObject({ available: 20, held: 0 });
});

test("a job whose provider was never asked about gets nothing for free, late or not", async () => {
  const user = await userWithCredits(20);
  await submitJob(user, await imageRequest(user));
  const { workerId: _, ...attempt } = await claimed();
  const answer = () => settleUnknownJob(user.db, { ...attempt, ...nothing, now: clock.now() });
  expect(await answer()).toEqual({ outcome: "lost" });
  clock.advanceSeconds(15 * 60);
  await reapJobs(workerContext());
  expect(await answer()).toEqual({ outcome: "lost" });
  expect(await getJob(user, { jobId: attempt.jobId })).toMatchObject({ status: "failed" });
});

test("a success, a failure and the deadline at once: the hold ends once, and what was delivered is there", async () => {
  for (let round = 0; round < 8; round += 1) {
    const { user, unknown } = await lostJob();
    clock.advanceSeconds(15 * 60);
    const now = clock.now();
    const [settled] = await Promise.all([
      settleUnknownJob(user.db, { ...unknown, ...nothing, now }),
      failUnknownJob(user.db, { ...unknown, ...failure, now }),
      reapJobs(workerContext()),
    ]);
    const job = await getJob(user, { jobId: unknown.jobId });
    const wallet = await walletOf(user);
    expect(wallet).toMatchObject({ held: 0, available: 20 - (job.chargedCredits ?? -1) });
    expect(job.status).toBe(settled.outcome === "lost" ? "failed" : "completed");
    expect(job.chargedCredits).toBe(settled.outcome === "completed" ? 5 : 0);
  }
});

test("a job nobody knows of does not keep the user's next one from being worked on", async () => {
  const { user, unknown } = await lostJob();
  const { id } = await submitJob(user, await imageRequest(user));
  const next = await claimed();
  expect(next.jobId).toBe(id);
  const now = clock.now();
  await failJob(user.db, { ...next, ...failure, now });
  await failUnknownJob(user.db, { ...unknown, ...failure, now });
});

test("each question is asked by one node at a time, of the provider that has the job", async () => {
  const { user, unknown } = await lostJob();
  expect(await claimUnknown()).toBeNull(); // not due yet
  clock.advanceSeconds(15);
  expect(await claimUnknown("another")).toBeNull();
  const claims = await Promise.all(Array.from({ length: 10 }, () => claimUnknown()));
  expect(claims.filter((claim) => claim !== null)).toEqual([unknown]);
  expect(
    await askProviders(
      workerContext(),
      provider(() => Promise.reject(), "another"),
    ),
  ).toEqual([]);
  await failUnknownJob(user.db, { ...unknown, ...failure, now: clock.now() });
});

test("a day after its deadline nobody asks any more, and the credits are with the user", async () => {
  const { user, unknown } = await lostJob();
  clock.advanceSeconds(15 * 60);
  await reapJobs(workerContext());
  let questions = 0;
  const running = provider(async () => {
    questions += 1;
    return { state: "running" };
  });
  await askProviders(workerContext(), running);
  clock.advanceSeconds(DAY);
  await askProviders(workerContext(), running);
  expect(questions).toBe(1);
  const [row] = await user.db
    .select({ askProviderAt: generationJobs.askProviderAt, status: generationJobs.status })
    .from(generationJobs)
    .where(eq(generationJobs.id, unknown.jobId));
  expect(row).toEqual({ askProviderAt: null, status: "failed" });
  expect(await walletOf(user)).toMatchObject({ available: 20, held: 0 });
});
