import "@tintype/local-cloud/testing";
import { claimJob, heartbeatJob } from "@tintype/db/job-functions";
import { generationJobs, jobEvents } from "@tintype/db/schema";
import type { ServiceContext, UserActor } from "@tintype/services/context";
import { submitJob } from "@tintype/services/jobs/submit-job";
import { imageRequest, useTestServices } from "@tintype/services/testing";
import { and, eq } from "drizzle-orm";
import { afterEach, expect, inject, test } from "vitest";
import { CrookedWorker } from "./crooked-worker.ts";

const TEN_MINUTES_MS = 600_000;
const LEASE_SECONDS = 15;
const BEAT_MS = 2_000;
const PATIENCE_MS = 60_000;
/** Most of it is a lease that has to run out. */
const TEST_MS = 180_000;

const services = useTestServices();
const now = () => new Date();
const workers: CrookedWorker[] = [];
const beats: NodeJS.Timeout[] = [];
afterEach(async () => {
  for (const beat of beats.splice(0)) clearInterval(beat);
  await Promise.all(workers.splice(0).map((worker) => worker.stop()));
});

async function startWorker(wrongByMs: number): Promise<CrookedWorker> {
  const { endpoint, region, accessKeyId, secretAccessKey } = inject("s3");
  const env = {
    DATABASE_URL: services.parts.database.url,
    PUBLIC_URL: "http://localhost:5173",
    SMTP_URL: inject("smtp").url,
    ...{ S3_ENDPOINT: endpoint, S3_REGION: region },
    ...{ S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey },
  };
  const worker = await CrookedWorker.start(env, wrongByMs);
  workers.push(worker);
  return worker;
}

async function queuedJob() {
  const user: ServiceContext<UserActor> = { ...(await services.userWithCredits(20)), now };
  const { id: jobId } = await submitJob(user, await imageRequest(user));
  const isIt = and(eq(generationJobs.userId, user.actor.userId), eq(generationJobs.id, jobId));
  return {
    db: user.db,
    row: async () => (await user.db.select().from(generationJobs).where(isIt))[0],
    events: () => user.db.select().from(jobEvents).where(eq(jobEvents.jobId, jobId)),
  };
}

/** A job that somebody has taken; they renew its lease, unless they are dead. */
async function takenJob(workerId: string, isAlive: boolean) {
  const job = await queuedJob();
  const { db } = job;
  const lease = { workerId, concurrency: 2, leaseSeconds: LEASE_SECONDS };
  const claimed = await claimJob(db, { ...lease, now: now() });
  if (!claimed) throw new Error("nothing was claimed");
  const { userId, jobId, attempt } = claimed;
  const fence = { userId, jobId, attempt, workerId };
  const beat = () =>
    void heartbeatJob(db, {
      ...{ ...fence, leaseSeconds: LEASE_SECONDS, progress: 50, stage: null, now: now() },
    });
  if (isAlive) beats.push(setInterval(beat, BEAT_MS));
  return job;
}

const kindsOf = async ({ events }: Awaited<ReturnType<typeof queuedJob>>) =>
  (await events()).map(({ kind }) => kind);

const AHEAD = "this machine's clock is 600.0 s ahead of the database's";
const PAUSED = 'tintype_reaping_paused{reason="clock"}';
const REAPED = 'tintype_jobs_reaped_total{outcome="requeued"}';
const within = { timeout: PATIENCE_MS };

test(
  "beside a healthy worker one whose clock is ten minutes ahead and one behind take no job from a living worker and end none; they say so, and come back by themselves",
  async () => {
    const held = await takenJob("alive", true);
    const left = await takenJob("dead", false);
    const waiting = await queuedJob();
    const [ahead, behind] = await Promise.all([
      startWorker(TEN_MINUTES_MS),
      startWorker(-TEN_MINUTES_MS),
    ]);
    await expect.poll(() => kindsOf(waiting), within).toContain("claimed");
    const healthy = await startWorker(0);

    // Long enough for everybody to have looked many times.
    await expect.poll(() => kindsOf(left), within).toContain("requeued");
    expect(await kindsOf(held)).toEqual(["queued", "claimed"]);
    expect(await held.row()).toMatchObject({ status: "processing", attempt: 1, workerId: "alive" });
    await expect.poll(() => healthy.metric(REAPED), within).toBe(1);

    expect(await healthy.metric("tintype_clock_skew_seconds")).toBeCloseTo(0, 0);
    expect(await ahead.metric("tintype_clock_skew_seconds")).toBeCloseTo(600, 0);
    expect(await behind.metric("tintype_clock_skew_seconds")).toBeCloseTo(-600, 0);
    for (const worker of [ahead, behind]) {
      expect(await worker.metric(PAUSED)).toBe(1);
      expect(await worker.metric(REAPED)).toBe(0);
    }
    expect(ahead.log).toContain(AHEAD);
    expect(behind.log).toContain("600.0 s behind");
    expect(healthy.log).not.toContain("this machine's clock is");

    // One of the two had taken it, and said when by the database's clock.
    for (const { createdAt } of await waiting.events())
      expect(Math.abs(createdAt.getTime() - Date.now())).toBeLessThan(TEN_MINUTES_MS / 2);

    // It is put right, and the healthy one's is set wrong, while both are at work.
    ahead.setWrong(0);
    healthy.setWrong(TEN_MINUTES_MS);
    await expect.poll(() => ahead.metric(PAUSED), within).toBe(0);
    await expect.poll(() => healthy.metric(PAUSED), within).toBe(1);
    await expect.poll(() => ahead.log, within).toContain("agree again");
    await expect.poll(() => healthy.log, within).toContain(AHEAD);
    expect(await held.row()).toMatchObject({ status: "processing", attempt: 1, workerId: "alive" });
  },
  TEST_MS,
);
