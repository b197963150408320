import { claimJob, failJob } from "@tintype/db/job-functions";
import { jobLanes } from "@tintype/db/schema";
import { asAnotherClient } from "@tintype/db/testing";
import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import type { ServiceContext, UserActor } from "../context.ts";
import { imageRequest, useTestServices, walletOf } from "../testing.ts";
import { cancelJob } from "./cancel-job.ts";
import { submitJob } from "./submit-job.ts";

const { userWithCredits, clock, findViolations } = useTestServices({ maxConnections: 12 });

const claimAs = () => ({ workerId: "w", concurrency: 2, leaseSeconds: 15, now: clock.now() });

/** Until somebody stands in front of a lock; the test's own time limit bounds it. */
async function somebodyWaits({ db }: ServiceContext<UserActor>): Promise<void> {
  for (;;) {
    const [waiting] = await db.execute(
      sql`select 1 from pg_locks where not granted and pid in (select pid from pg_stat_activity where datname = current_database())`,
    );
    if (waiting) return;
  }
}

test("a lane counts what was committed while it waited for its turn", async () => {
  const ctx = await userWithCredits(20);
  const first = await imageRequest(ctx);
  await submitJob(ctx, first);
  const claimed = await claimJob(ctx.db, claimAs());
  if (!claimed) throw new Error("nothing was claimed");
  await submitJob(ctx, await imageRequest(ctx, first.inputAssetId));

  let failing: Promise<string> | undefined;
  await ctx.db.transaction(async (tx) => {
    expect(await claimJob(tx, claimAs())).not.toBeNull();
    const fail = () =>
      failJob(ctx.db, {
        ...claimed,
        workerId: "w",
        failureCode: "provider_failed",
        retryable: true,
        backoffSeconds: 60,
        now: clock.now(),
      });
    failing = asAnotherClient(fail);
    await asAnotherClient(() => somebodyWaits(ctx));
  });

  expect(await failing).toBe("requeued");
  expect(await findViolations()).toEqual([]);
  const [lane] = await ctx.db.select().from(jobLanes).where(eq(jobLanes.userId, claimed.userId));
  expect(lane).toMatchObject({ processing: 1 });
});

test("a waiting job that is cancelled many times at once is cancelled once", async () => {
  const ctx = await userWithCredits(20);
  const { id: jobId } = await submitJob(ctx, await imageRequest(ctx));

  const answers = await Promise.allSettled(
    Array.from({ length: 8 }, () => cancelJob(ctx, { jobId })),
  );

  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const answer of answers) {
    if (answer.status === "fulfilled") continue;
    expect(answer.reason).toMatchObject({ problem: { code: "job_already_ended" } });
  }
  expect(await walletOf(ctx)).toMatchObject({ available: 20, held: 0 });
});
