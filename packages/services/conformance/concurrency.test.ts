import { randomUUID } from "node:crypto";
import { claimJob, completeJob, failJob, type StoredOutput } from "@tintype/db/job-functions";
import { expect } from "vitest";
import { sweepExpiredCredits } from "../src/credits/expire-credits.ts";
import { grantCredits } from "../src/credits/grants.ts";
import { askProviders } from "../src/jobs/ask-providers.ts";
import { cancelJob } from "../src/jobs/cancel-job.ts";
import { getJob } from "../src/jobs/get-job.ts";
import { reapJobs } from "../src/jobs/reap-jobs.ts";
import { runNextJob } from "../src/jobs/run-next-job.ts";
import { submitJob } from "../src/jobs/submit-job.ts";
import { readyUpload, walletOf } from "../src/testing.ts";
import { conformanceCase } from "./case.ts";
import { pictures, timesOut, workerWith } from "./provider.ts";
import { historyOf, jobsOf, outputsOf, settlementsOf, useStudio } from "./studio.ts";

// Everybody at once: each story lets its people act at the same moment, on connections that are already open.
const studio = useStudio();
const { userWithCredits, workerContext, clock, parts } = studio;
const HOUR = 3_600;

const succeeded = (outcomes: readonly PromiseSettledResult<unknown>[]) =>
  outcomes.filter(({ status }) => status === "fulfilled").length;
const refusals = (outcomes: readonly PromiseSettledResult<unknown>[]) =>
  outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.problem] : []));

/** The next story finds an empty queue. */
const clearQueue = async (user: Parameters<typeof jobsOf>[0]) => {
  for (const { id } of await jobsOf(user)) await cancelJob(user, { jobId: id });
};

const picture = (name: string): StoredOutput => ({
  id: randomUUID(),
  bucket: "outputs",
  objectKey: name,
  thumbnailKey: null,
  contentType: "image/png",
  byteSize: 1,
  width: 1,
  height: 1,
  durationMs: null,
  fileName: "picture.png",
});

conformanceCase(
  "C1",
  "credits for one image and two requests at once: one gets it, the other is told what is missing",
  "open-saas#727: two requests at once on one credit, both served, balance -1",
  async () => {
    const user = await userWithCredits(5);
    const requests = [await studio.requestImages(user), await studio.requestImages(user)];

    const outcomes = await Promise.allSettled(requests.map((request) => submitJob(user, request)));

    expect(succeeded(outcomes)).toBe(1);
    expect(refusals(outcomes)).toEqual([
      { code: "insufficient_credits", required: 5, available: 0 },
    ]);
    expect(await walletOf(user)).toMatchObject({ available: 0, held: 5 });
    await clearQueue(user);
  },
);

conformanceCase(
  "C2",
  "forty tabs spend the last credits: as many jobs as the credits pay for, not one more",
  "octopus#506 and new-api#6609: every request passes the check before any of them is charged",
  async () => {
    const user = await userWithCredits(23, { jobsPerHour: 1_000 });
    const photo = await readyUpload(user);
    const requests = await Promise.all(
      Array.from({ length: 40 }, () => studio.requestImages(user, 1, photo)),
    );

    const outcomes = await Promise.allSettled(requests.map((request) => submitJob(user, request)));

    expect(succeeded(outcomes)).toBe(4);
    expect(refusals(outcomes)).toHaveLength(36);
    expect(await jobsOf(user)).toHaveLength(4);
    expect(await walletOf(user)).toMatchObject({ available: 3, held: 20 });
    await clearQueue(user);
  },
);

conformanceCase(
  "C3",
  "eleven requests at once against ten an hour: ten, and the eleventh an hour later",
  "agentclash#1042 and engram#47: a limit that is counted first and enforced later is passed by all at once",
  async () => {
    const user = await userWithCredits(1_000);
    const photo = await readyUpload(user);
    const requests = await Promise.all(
      Array.from({ length: 11 }, () => studio.requestImages(user, 1, photo)),
    );

    const outcomes = await Promise.allSettled(requests.map((request) => submitJob(user, request)));

    expect(succeeded(outcomes)).toBe(10);
    expect(refusals(outcomes)).toMatchObject([
      { code: "job_limit_reached", limit: 10, retryAfterSeconds: HOUR },
    ]);
    clock.advanceSeconds(HOUR + 1);
    const again = await studio.requestImages(user, 1, photo);
    expect(await submitJob(user, again)).toMatchObject({ status: "queued" });
    await clearQueue(user);
  },
);

conformanceCase(
  "C5",
  "ten workers reach for one job: one has it, and only that one can end it",
  "rule: a claim skips what another has locked, and every word about a job carries its attempt and worker",
  async () => {
    const user = await userWithCredits(20);
    const { id: jobId } = await studio.submitImages(user);
    const names = Array.from({ length: 10 }, (_, n) => `worker-${n}`);
    const now = clock.now();

    const claims = await Promise.all(
      names.map((workerId) =>
        claimJob(user.db, { workerId, concurrency: 2, leaseSeconds: 15, now }),
      ),
    );
    const owner = claims.findIndex((claimed) => claimed !== null);
    expect(claims.filter((claimed) => claimed !== null)).toMatchObject([{ jobId, attempt: 1 }]);

    const { userId } = user.actor;
    const outcomes = await Promise.all(
      names.map(async (workerId) => {
        const fence = { userId, jobId, attempt: 1, workerId };
        return (await completeJob(user.db, { ...fence, deliveredUnits: 1, outputs: [], now }))
          .outcome;
      }),
    );
    expect(outcomes).toEqual(names.map((_, n) => (n === owner ? "completed" : "lost")));
    expect(await walletOf(user)).toMatchObject({ available: 15, held: 0 });
  },
);

conformanceCase(
  "C6",
  "the provider's callback and our poll bring the same result at once: stored once, charged once",
  "ps_checkout#331: a webhook beside the queued tasks refunded the same thing twice",
  async () => {
    for (let round = 0; round < 10; round += 1) {
      const user = await userWithCredits(20);
      await studio.submitImages(user);
      const fence = await studio.claim();
      const bring = (path: string) =>
        completeJob(user.db, {
          ...fence,
          deliveredUnits: 1,
          outputs: [picture(`${fence.jobId}/${path}`)],
          now: clock.now(),
        });

      const outcomes = await Promise.all([bring("callback"), bring("poll"), bring("callback")]);

      expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual([
        "completed",
        "lost",
        "lost",
      ]);
      expect(await settlementsOf(user, fence.jobId)).toEqual(["capture"]);
      expect(await outputsOf(user, fence.jobId)).toHaveLength(1);
    }
  },
);

conformanceCase(
  "C6",
  "two nodes learn at once how a lost attempt ended: stored once, charged once",
  "rule: an answer about a lost attempt is fenced by the attempt and taken once",
  async () => {
    const user = await userWithCredits(20);
    const { id: jobId } = await studio.submitImages(user);
    await runNextJob(workerContext(), workerWith({ generate: timesOut }));
    const asked = Promise.withResolvers<void>();
    let questions = 0;
    const find = async () => {
      questions += 1;
      if (questions === 2) asked.resolve();
      await asked.promise;
      return { state: "succeeded" as const, files: await pictures(1) };
    };
    const node = workerWith({ generate: timesOut, find });

    clock.advanceSeconds(15);
    const first = askProviders(workerContext(), node);
    await expect.poll(() => questions).toBe(1);
    clock.advanceSeconds(15);
    const answers = (await Promise.all([first, askProviders(workerContext(), node)])).flat();

    expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual(["completed", "lost"]);
    expect(await settlementsOf(user, jobId)).toEqual(["capture"]);
    const { outputs } = await getJob(user, { jobId });
    expect(outputs).toHaveLength(1);
    // Whoever came second stored the same file under the same name, and must not take it away again.
    expect((await fetch(outputs[0]?.url ?? "")).status).toBe(200);
  },
);

conformanceCase(
  "C7",
  "a cancel, a result and a failure at once: the hold ends once, and no credit is left in it",
  "civitai-cli#307: the tool said that a cancel gives nothing back, the server gave back what was not delivered",
  async () => {
    for (let round = 0; round < 10; round += 1) {
      const user = await userWithCredits(20);
      await studio.submitImages(user);
      const fence = await studio.claim();
      const now = clock.now();
      const failure = { failureCode: "provider_failed", retryable: false, backoffSeconds: 0 };

      await Promise.allSettled([
        cancelJob(user, { jobId: fence.jobId }),
        completeJob(user.db, { ...fence, deliveredUnits: 1, outputs: [], now }),
        failJob(user.db, { ...fence, ...failure, failureCode: "provider_failed", now }),
      ]);

      expect(await settlementsOf(user, fence.jobId)).toHaveLength(1);
      const { held, available } = (await walletOf(user)) ?? {};
      const { chargedCredits } = await getJob(user, { jobId: fence.jobId });
      expect([held, available]).toEqual([0, 20 - (chargedCredits ?? 0)]);
    }
  },
);

conformanceCase(
  "C8",
  "credits expire while the job that holds them is settled: the same end in any order",
  "vm0#10299: expiry that ran only at some other event left expired credits to be spent",
  async () => {
    for (let round = 0; round < 8; round += 1) {
      const user = await userWithCredits(0);
      await grantCredits(user.db, {
        userId: user.actor.userId,
        source: "promo",
        category: "promo",
        amount: 8,
        idempotencyKey: "promo",
        now: clock.now(),
        expiresAt: new Date(clock.now().getTime() + HOUR * 1_000),
        actor: { actorKind: "system", actorId: "test" },
      });
      await studio.submitImages(user);
      const fence = await studio.claim();
      clock.advanceSeconds(2 * HOUR);

      await Promise.all([
        sweepExpiredCredits(workerContext()),
        completeJob(parts.database.db, {
          ...fence,
          deliveredUnits: 1,
          outputs: [],
          now: clock.now(),
        }),
        sweepExpiredCredits(workerContext()),
      ]);

      expect(await walletOf(user)).toMatchObject({ available: 0, held: 0 });
      const history = await historyOf(user);
      expect(history.toSorted()).toEqual(["capture 0", "expire -3", "grant 8", "hold -5"]);
    }
  },
);

conformanceCase(
  "C8",
  "the deadline and the result come together: one of them ends the job",
  "rule: a hold ends exactly once; capture and release share one key",
  async () => {
    for (let round = 0; round < 10; round += 1) {
      const user = await userWithCredits(20);
      await studio.submitImages(user);
      const fence = await studio.claim();
      clock.advanceSeconds(15 * 60 + 1);

      await Promise.all([
        reapJobs(workerContext()),
        completeJob(user.db, { ...fence, deliveredUnits: 1, outputs: [], now: clock.now() }),
        reapJobs(workerContext()),
      ]);

      const settlements = await settlementsOf(user, fence.jobId);
      expect(settlements).toHaveLength(1);
      const available = settlements[0] === "capture" ? 15 : 20;
      expect(await walletOf(user)).toMatchObject({ available, held: 0 });
    }
  },
);
