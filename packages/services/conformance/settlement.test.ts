import { connect } from "@tintype/db/client";
import { completeJob, failJob } from "@tintype/db/job-functions";
import { creditGrants, prices, wallets } from "@tintype/db/schema";
import type { FoundAttempt } from "@tintype/integrations/generators/generator";
import { and, eq } from "drizzle-orm";
import { expect } from "vitest";
import { sweepExpiredCredits } from "../src/credits/expire-credits.ts";
import { getBalance } from "../src/credits/get-balance.ts";
import { grantCredits } from "../src/credits/grants.ts";
import { askProviders } from "../src/jobs/ask-providers.ts";
import { cancelJob } from "../src/jobs/cancel-job.ts";
import { countDeliveriesAtOurCost } from "../src/jobs/count-deliveries-at-our-cost.ts";
import { getJob } from "../src/jobs/get-job.ts";
import { reapJobs } from "../src/jobs/reap-jobs.ts";
import { runNextJob } from "../src/jobs/run-next-job.ts";
import { walletOf } from "../src/testing.ts";
import { conformanceCase } from "./case.ts";
import { failsWith, pictures, timesOut, videoOf, workerWith } from "./provider.ts";
import { historyOf, settlementsOf, useStudio } from "./studio.ts";

// How a hold ends: what was delivered is charged, the rest comes back, and nobody is charged for not knowing.
const studio = useStudio();
const { userWithCredits, workerContext, clock } = studio;
const HOUR = 3_600;
type User = Awaited<ReturnType<typeof userWithCredits>>;

const run = (story: Parameters<typeof workerWith>[0]) =>
  runNextJob(workerContext(), workerWith(story));
/** What the provider says when it is asked, a quarter of a minute later. */
const ask = async (answer: () => FoundAttempt | Promise<FoundAttempt>) => {
  clock.advanceSeconds(15);
  const worker = workerWith({ generate: timesOut, find: async () => answer() });
  return (await askProviders(workerContext(), worker)).map(({ outcome }) => outcome);
};
const delivered = async (): Promise<FoundAttempt> => ({
  state: "succeeded",
  files: await pictures(1),
});

conformanceCase(
  "S1",
  "a timeout keeps the hold and asks the provider; the late success is charged once",
  "eliza#11920: a poll timeout refunded the user in full while the provider went on and billed",
  async () => {
    const user = await userWithCredits(20);
    const { id: jobId } = await studio.submitImages(user);

    expect(await run({ generate: timesOut })).toBe("reconciling");
    expect(await getJob(user, { jobId })).toMatchObject({ status: "reconciling", failure: null });
    expect(await walletOf(user)).toMatchObject({ available: 15, held: 5 });
    expect(await ask(() => ({ state: "running" }))).toEqual(["running"]);
    expect(await ask(() => Promise.reject(new Error("no answer")))).toEqual(["running"]);
    expect(await walletOf(user)).toMatchObject({ available: 15, held: 5 });

    expect(await ask(delivered)).toEqual(["completed"]);
    expect(await getJob(user, { jobId })).toMatchObject({ status: "completed", chargedCredits: 5 });
    expect(await walletOf(user)).toMatchObject({ available: 15, held: 0 });
    expect(await ask(delivered)).toEqual([]);
  },
);

conformanceCase(
  "S1",
  "nobody knows by the deadline: the credits come back by themselves; a success after that is free, and counted",
  "open-design#6044: the task timed out and the credits stayed away",
  async () => {
    const user = await userWithCredits(20);
    const { id: jobId } = await studio.submitImages(user);
    await run({ generate: timesOut });
    const before = await countDeliveriesAtOurCost(user);

    clock.advanceSeconds(15 * 60);
    expect(await reapJobs(workerContext())).toMatchObject([{ jobId, outcome: "failed" }]);
    expect(await getJob(user, { jobId })).toMatchObject({
      status: "failed",
      failure: { code: "deadline_exceeded" },
    });
    expect(await walletOf(user)).toMatchObject({ available: 20, held: 0 });

    expect(await ask(delivered)).toEqual(["delivered_free"]);
    const job = await getJob(user, { jobId });
    expect(job).toMatchObject({ status: "completed", chargedCredits: 0, failure: null });
    expect(job.outputs).toHaveLength(1);
    expect(await walletOf(user)).toMatchObject({ available: 20, held: 0 });
    expect(await settlementsOf(user, jobId)).toEqual(["release"]);
    const after = await countDeliveriesAtOurCost(user);
    expect(after).toEqual({ ...before, late: before.late + 1, credits: before.credits + 5 });
    expect(await ask(delivered)).toEqual([]);
  },
);

conformanceCase(
  "S1",
  "the provider did fail after all: another attempt, and in the end the credits are back",
  "chatgptWithMidjourney#9: a task that timed out kept its credit",
  async () => {
    const user = await userWithCredits(20, { maxAttempts: 2 });
    const { id: jobId } = await studio.submitImages(user);
    const failed = () => ({ state: "failed", code: "provider_failed" }) as const;

    await run({ generate: timesOut });
    expect(await ask(failed)).toEqual(["requeued"]);
    clock.advanceSeconds(60);
    await run({ generate: timesOut });
    expect(await ask(failed)).toEqual(["failed"]);

    expect(await getJob(user, { jobId })).toMatchObject({ status: "failed", attempt: 2 });
    expect(await settlementsOf(user, jobId)).toEqual(["release"]);
    expect(await walletOf(user)).toMatchObject({ available: 20, held: 0 });
  },
);

conformanceCase(
  "S1",
  "the user cancels while nobody knows: what is still running is cancelled, what was delivered stands",
  "rule: cancel and settle race for one hold, and the provider's word decides",
  async () => {
    const user = await userWithCredits(20);
    const unwanted = await studio.submitImages(user);
    await run({ generate: timesOut });
    await cancelJob(user, { jobId: unwanted.id });
    expect(await ask(() => ({ state: "running" }))).toEqual(["cancelled"]);
    expect(await walletOf(user)).toMatchObject({ available: 20, held: 0 });

    const done = await studio.submitImages(user);
    await run({ generate: timesOut });
    await cancelJob(user, { jobId: done.id });
    expect(await ask(delivered)).toEqual(["completed"]);
    expect(await walletOf(user)).toMatchObject({ available: 15, held: 0 });
  },
);

conformanceCase(
  "S2",
  "two of four images: two are charged, two come back",
  "OpenMontage#388: four images billed, one delivered",
  async () => {
    const user = await userWithCredits(20);
    const { id: jobId } = await studio.submitImages(user, 4);
    expect(await run({ generate: () => pictures(2) })).toBe("completed");
    expect(await getJob(user, { jobId })).toMatchObject({ credits: 20, chargedCredits: 10 });
    expect(await historyOf(user)).toEqual(["grant 20", "hold -20", "capture 10"]);
    expect(await walletOf(user)).toMatchObject({ available: 10, held: 0 });
  },
);

conformanceCase(
  "S3",
  "a video of 3.4 of 5 seconds: four are charged",
  "ArcReel#702: videos were billed by the seconds asked for, not by those delivered",
  async () => {
    const user = await userWithCredits(20);
    const { id: jobId } = await studio.submitVideo(user, 5);
    expect(await run({ generate: () => videoOf(3.4) })).toBe("completed");
    expect(await getJob(user, { jobId })).toMatchObject({ credits: 5, chargedCredits: 4 });
    expect(await walletOf(user)).toMatchObject({ available: 16, held: 0 });
  },
);

conformanceCase(
  "S4",
  "a video of 7.2 instead of 5 seconds: five are charged, three are ours, and counted",
  "DEEIX-Chat#477: a charge beyond what was reserved undid the whole settlement",
  async () => {
    const user = await userWithCredits(20);
    const before = await countDeliveriesAtOurCost(user);
    const { id: jobId } = await studio.submitVideo(user, 5);
    expect(await run({ generate: () => videoOf(7.2) })).toBe("completed");
    expect(await getJob(user, { jobId })).toMatchObject({ status: "completed", chargedCredits: 5 });
    expect(await walletOf(user)).toMatchObject({ available: 15, held: 0 });
    const after = await countDeliveriesAtOurCost(user);
    expect(after).toEqual({ ...before, larger: before.larger + 1, credits: before.credits + 3 });
  },
);

conformanceCase(
  "S5",
  "a worker dies after the provider delivered: the next one takes what is there, and charges for that",
  "genblaze#70: a retry began the work anew at the provider, and it was paid for twice",
  async () => {
    const user = await userWithCredits(20);
    const { id: jobId } = await studio.submitImages(user, 4);
    await studio.claim("the one that dies");
    clock.advanceSeconds(16);
    await reapJobs(workerContext());

    let begun = 0;
    const outcome = await run({
      generate: () => {
        begun += 1;
        return pictures(4);
      },
      find: async () => ({ state: "succeeded", files: await pictures(3) }),
    });
    expect([outcome, begun]).toEqual(["completed", 0]);
    expect(await getJob(user, { jobId })).toMatchObject({ attempt: 2, chargedCredits: 15 });
    expect(await walletOf(user)).toMatchObject({ available: 5, held: 0 });
  },
);

conformanceCase(
  "S5",
  "a worker dies while the provider still works: the job waits for it instead of beginning again",
  "term-llm#733: after a restart a job that had begun ran a second time",
  async () => {
    const user = await userWithCredits(20);
    const { id: jobId } = await studio.submitImages(user);
    await studio.claim("the one that dies");
    clock.advanceSeconds(16);
    await reapJobs(workerContext());

    const generate = () => Promise.reject(new Error("must not begin"));
    expect(await run({ generate, find: async () => ({ state: "running" }) })).toBe("reconciling");
    expect(await ask(delivered)).toEqual(["completed"]);
    expect(await settlementsOf(user, jobId)).toEqual(["capture"]);
    expect(await walletOf(user)).toMatchObject({ available: 15, held: 0 });
  },
);

conformanceCase(
  "S6",
  "the refund itself fails once: job and hold stay as they were, and the next round gives all back, once",
  "my-dream-api#14: the job was marked failed first; when the refund then failed, nothing tried it again",
  async () => {
    const user = await userWithCredits(20);
    const { id: jobId } = await studio.submitImages(user);
    // A damage that makes the refund impossible for a while; only the database's owner can do it.
    const owner = connect(studio.parts.database.url, { role: null });
    const setHeld = (held: number) =>
      owner.db.update(wallets).set({ held }).where(eq(wallets.userId, user.actor.userId));
    await setHeld(0);

    await expect(run({ generate: failsWith("subject_not_found") })).rejects.toThrow();
    expect(await getJob(user, { jobId })).toMatchObject({ status: "processing" });
    clock.advanceSeconds(15 * 60);
    expect(await reapJobs(workerContext())).toMatchObject([{ jobId, outcome: "stuck" }]);
    expect(await settlementsOf(user, jobId)).toEqual([]);

    await setHeld(5);
    await owner.close();
    expect(await reapJobs(workerContext())).toMatchObject([{ jobId, outcome: "failed" }]);
    expect(await reapJobs(workerContext())).toEqual([]);
    expect(await settlementsOf(user, jobId)).toEqual(["release"]);
    expect(await walletOf(user)).toMatchObject({ available: 20, held: 0 });
  },
);

conformanceCase(
  "S7",
  "the price changes between the quote and the run: charged is what the button said",
  "tuff#1899: settlement read the live price, not the one the credits were reserved at",
  async () => {
    const user = await userWithCredits(20);
    const { priceId } = await studio.requestImages(user);
    const perImage = (milliCreditsPerUnit: number) =>
      user.db.update(prices).set({ milliCreditsPerUnit }).where(eq(prices.id, priceId));

    // Dearer, then cheaper; half is delivered, so that no upper bound hides a wrong price.
    for (const livePrice of [9_000, 1_000]) {
      const { id: jobId } = await studio.submitImages(user, 2);
      await perImage(livePrice);
      expect(await run({ generate: () => pictures(1) })).toBe("completed");
      await perImage(5_000);
      expect(await getJob(user, { jobId })).toMatchObject({ credits: 10, chargedCredits: 5 });
    }
    expect(await walletOf(user)).toMatchObject({ available: 10, held: 0 });
  },
);

const allowance = (user: User, amount: number, period: string, expiresInHours: number) =>
  grantCredits(user.db, {
    userId: user.actor.userId,
    source: "allowance",
    category: "paid",
    amount,
    idempotencyKey: period,
    periodReference: period,
    now: clock.now(),
    expiresAt: new Date(clock.now().getTime() + expiresInHours * HOUR * 1_000),
    actor: { actorKind: "system", actorId: "billing" },
  });
const leftOf = async (user: User, period: string) => {
  const { userId, periodReference, ...columns } = creditGrants;
  const [grant] = await user.db
    .select({ available: columns.available, held: columns.held, spent: columns.spent })
    .from(creditGrants)
    .where(and(eq(userId, user.actor.userId), eq(periodReference, period)));
  return grant;
};

conformanceCase(
  "S8",
  "the plan changes in mid-job: the job is paid by what it held, and both allowances stay whole",
  "shogo-ai#430: an upgrade overwrote the balance, and unused credits disappeared",
  async () => {
    const user = await userWithCredits(0);
    await allowance(user, 30, "creator", 10);
    const { id: jobId } = await studio.submitImages(user, 4);
    await allowance(user, 100, "pro", 10);

    expect(await run({ generate: () => pictures(3) })).toBe("completed");

    expect(await getJob(user, { jobId })).toMatchObject({ chargedCredits: 15 });
    expect(await leftOf(user, "creator")).toEqual({ available: 15, held: 0, spent: 15 });
    expect(await leftOf(user, "pro")).toEqual({ available: 100, held: 0, spent: 0 });
  },
);

conformanceCase(
  "S9",
  "a grant expires in mid-job: it still pays for the job; what was not held has expired",
  "matrix-os#1459: reservations did not know which credits they held, so expiry kept the wrong ones",
  async () => {
    const user = await userWithCredits(0);
    await allowance(user, 8, "period", 1);
    await studio.submitImages(user);
    const fence = await studio.claim();
    clock.advanceSeconds(2 * HOUR);
    await sweepExpiredCredits(workerContext());

    // The lease has run out as well, but nobody else has taken the job.
    const now = clock.now();
    await completeJob(user.db, { ...fence, deliveredUnits: 1, outputs: [], now });
    expect(await historyOf(user)).toEqual(["grant 8", "hold -5", "expire -3", "capture 0"]);
    expect(await walletOf(user)).toMatchObject({ available: 0, held: 0 });
  },
);

conformanceCase(
  "S9",
  "our failure after the expiry: what comes back may be used for 72 hours more",
  "rule: a hold pins its grants past their expiry; a failure of ours must not cost the user's credits",
  async () => {
    const user = await userWithCredits(0);
    await allowance(user, 5, "period", 1);
    await studio.submitImages(user);
    const fence = await studio.claim();
    clock.advanceSeconds(2 * HOUR);
    const failure = {
      failureCode: "provider_failed",
      retryable: false,
      backoffSeconds: 0,
    } as const;
    await failJob(user.db, { ...fence, ...failure, now: clock.now() });

    clock.advanceSeconds(71 * HOUR);
    expect(await getBalance(user)).toMatchObject({ available: 5, held: 0 });
    clock.advanceSeconds(HOUR);
    expect(await getBalance(user)).toMatchObject({ available: 0, held: 0 });
    await sweepExpiredCredits(workerContext());
    expect(await historyOf(user)).toEqual(["grant 5", "hold -5", "release 5", "expire -5"]);
  },
);

conformanceCase(
  "S9",
  "the user's own cancel after the expiry brings nothing back, and the history says why",
  "rule: released after expiry by the user's own wish, it expires",
  async () => {
    const user = await userWithCredits(0);
    await allowance(user, 5, "period", 1);
    const { id: jobId } = await studio.submitImages(user);
    clock.advanceSeconds(2 * HOUR);
    await cancelJob(user, { jobId });
    expect(await getBalance(user)).toMatchObject({ available: 0, held: 0 });
    expect(await historyOf(user)).toEqual(["grant 5", "hold -5", "release 5", "expire -5"]);
  },
);
