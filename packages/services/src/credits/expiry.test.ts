import { claimJob, completeJob, failJob } from "@tintype/db/job-functions";
import { expect, test } from "vitest";
import type { ServiceContext, UserActor } from "../context.ts";
import { cancelJob } from "../jobs/cancel-job.ts";
import { submitJob } from "../jobs/submit-job.ts";
import { imageRequest, useTestServices, walletOf } from "../testing.ts";
import { sweepExpiredCredits } from "./expire-credits.ts";
import { getBalance } from "./get-balance.ts";
import { grantCredits } from "./grants.ts";
import { listHistory } from "./list-history.ts";

const { clock, userWithCredits, workerContext, parts } = useTestServices();
const HOUR = 3_600;

/** Eight credits that run out in an hour, and nothing else. */
async function userWithExpiringCredits(): Promise<ServiceContext<UserActor>> {
  const ctx = await userWithCredits(0);
  const now = clock.now();
  await grantCredits(ctx.db, {
    userId: ctx.actor.userId,
    source: "promo",
    category: "promo",
    amount: 8,
    idempotencyKey: "promo:test",
    now,
    expiresAt: new Date(now.getTime() + HOUR * 1_000),
    actor: { actorKind: "system", actorId: "test" },
  });
  return ctx;
}

async function claimed() {
  const job = await claimJob(parts.database.db, {
    workerId: "w",
    concurrency: 2,
    leaseSeconds: 15,
    now: clock.now(),
  });
  if (!job) throw new Error("nothing to claim");
  return { userId: job.userId, jobId: job.jobId, attempt: job.attempt, workerId: "w" };
}

const kinds = async (ctx: ServiceContext<UserActor>) =>
  (await listHistory(ctx, { limit: 20 })).items.map(({ kind, change }) => `${kind} ${change}`);

test("the sweep writes expired credits into the history; the balance does not wait for it", async () => {
  const ctx = await userWithExpiringCredits();
  clock.advanceSeconds(HOUR);
  expect(await getBalance(ctx)).toMatchObject({ available: 0 });
  expect(await walletOf(ctx)).toMatchObject({ available: 8 });

  expect(await sweepExpiredCredits(workerContext())).toBe(1);
  expect(await sweepExpiredCredits(workerContext())).toBe(0);
  expect(await walletOf(ctx)).toMatchObject({ available: 0 });
  expect(await kinds(ctx)).toEqual(["expire -8", "grant 8"]);
});

test("S9 a grant that expires in mid-job still pays for it; the rest has expired", async () => {
  const ctx = await userWithExpiringCredits();
  await submitJob(ctx, await imageRequest(ctx));
  const fence = await claimed();
  clock.advanceSeconds(2 * HOUR);
  await sweepExpiredCredits(workerContext());
  // The lease has run out as well, but nobody else has taken the job.
  await completeJob(ctx.db, { ...fence, deliveredUnits: 1, outputs: [], now: clock.now() });
  expect(await walletOf(ctx)).toMatchObject({ available: 0, held: 0 });
  expect(await kinds(ctx)).toEqual(["capture 0", "expire -3", "hold -5", "grant 8"]);
});

test("S9 our failure after the expiry: what comes back may be used for 72 hours more, then expires", async () => {
  const ctx = await userWithExpiringCredits();
  await submitJob(ctx, await imageRequest(ctx));
  const fence = await claimed();
  clock.advanceSeconds(2 * HOUR);
  const failure = { failureCode: "provider_failed" as const, retryable: false, backoffSeconds: 0 };
  await failJob(ctx.db, { ...fence, ...failure, now: clock.now() });
  expect(await getBalance(ctx)).toMatchObject({ available: 5, held: 0 });
  await expect(submitJob(ctx, await imageRequest(ctx))).resolves.toMatchObject({ credits: 5 });
  expect(await kinds(ctx)).toEqual(["hold -5", "release 5", "expire -3", "hold -5", "grant 8"]);

  const second = await claimed();
  await failJob(ctx.db, { ...second, ...failure, now: clock.now() });
  clock.advanceSeconds(72 * HOUR);
  await sweepExpiredCredits(workerContext());
  expect(await getBalance(ctx)).toMatchObject({ available: 0, held: 0 });
});

test("S9 the user's own cancel after the expiry brings nothing back, and the history says why", async () => {
  const ctx = await userWithExpiringCredits();
  const { id } = await submitJob(ctx, await imageRequest(ctx));
  clock.advanceSeconds(2 * HOUR);
  // Still within the job's deadline only because nobody has reaped it yet.
  await cancelJob(ctx, { jobId: id });
  expect(await getBalance(ctx)).toMatchObject({ available: 0, held: 0 });
  expect(await kinds(ctx)).toEqual(["expire -5", "release 5", "expire -3", "hold -5", "grant 8"]);
});

test("C8 expiry against settlement, in any order: the same end", async () => {
  for (let round = 0; round < 8; round += 1) {
    const ctx = await userWithExpiringCredits();
    await submitJob(ctx, await imageRequest(ctx));
    const fence = await claimed();
    clock.advanceSeconds(2 * HOUR);
    await Promise.all([
      sweepExpiredCredits(workerContext()),
      completeJob(ctx.db, { ...fence, deliveredUnits: 1, outputs: [], now: clock.now() }),
      sweepExpiredCredits(workerContext()),
    ]);
    expect(await walletOf(ctx)).toMatchObject({ available: 0, held: 0 });
    expect((await kinds(ctx)).toSorted()).toEqual(
      ["capture 0", "expire -3", "grant 8", "hold -5"].toSorted(),
    );
  }
});
