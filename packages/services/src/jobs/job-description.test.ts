import { claimJob, completeJob } from "@tintype/db/job-functions";
import { generationEstimates, jobLanes, users } from "@tintype/db/schema";
import { inArray } from "drizzle-orm";
import { expect, test } from "vitest";
import type { ServiceContext, UserActor } from "../context.ts";
import { imageRequest, readyUpload, useTestServices } from "../testing.ts";
import { cancelJob } from "./cancel-job.ts";
import { getJob } from "./get-job.ts";
import { submitJob } from "./submit-job.ts";

const { userWithCredits, clock, newId } = useTestServices();

async function submitted(ctx: ServiceContext<UserActor>) {
  const input = await imageRequest(ctx);
  return { input, job: await submitJob(ctx, input) };
}
const asked = (ctx: ServiceContext<UserActor>, { id }: { id: string }) =>
  getJob(ctx, { jobId: id });

test("a submit answers what a look at the job would say: photo, estimate and place in line", async () => {
  const [first, second] = [await userWithCredits(50), await userWithCredits(50)];
  await first.db.insert(generationEstimates).values({
    key: "image/standard/standard",
    kind: "image",
    modelTier: "standard",
    qualityTier: "standard",
    msPerUnit: 7_000,
    samples: 3,
  });
  const { job: ahead } = await submitted(first);
  expect(ahead).toEqual(await asked(first, ahead));
  const mine = [];
  for (const position of [2, 3, 4]) {
    clock.advanceSeconds(1);
    const { input, job } = await submitted(second);
    expect(job).toMatchObject({ queuePosition: position, estimatedSeconds: 7 * position });
    expect(job.input?.url).toContain(input.inputAssetId);
    expect(job).toEqual(await asked(second, job));
    expect(await submitJob(second, input)).toEqual(job);
    mine.push(job);
  }
  expect(await cancelJob(first, { jobId: ahead.id })).toEqual(await asked(first, ahead));
  for (const { id } of mine) await cancelJob(second, { jobId: id });
});

test("a retry after the end answers with the results; a wish to cancel with a job still at work", async () => {
  const ctx = await userWithCredits(50);
  const { input, job } = await submitted(ctx);
  const claimed = await claimJob(ctx.db, {
    workerId: "w",
    concurrency: 2,
    leaseSeconds: 15,
    now: clock.now(),
  });
  if (claimed?.jobId !== job.id) throw new Error("another job was claimed");
  const wish = await cancelJob(ctx, { jobId: job.id });
  expect(wish).toMatchObject({ status: "processing", cancelRequested: true });
  expect(wish).toEqual(await asked(ctx, job));

  const output = {
    id: newId(),
    bucket: "outputs" as const,
    objectKey: `${ctx.actor.userId}/${job.id}/1.png`,
    thumbnailKey: null,
    contentType: "image/png",
    byteSize: 10,
    width: 1,
    height: 1,
    durationMs: null,
    fileName: "1.png",
  };
  const fence = { ...claimed, workerId: "w" };
  const now = clock.now();
  await completeJob(ctx.db, { ...fence, deliveredUnits: 1, outputs: [output], now });
  const again = await submitJob(ctx, input);
  expect(again).toMatchObject({ status: "completed", outputs: [{ id: output.id }] });
  expect(again).toEqual(await asked(ctx, job));
});

test("a photo that was deleted is in neither answer", async () => {
  const ctx = await userWithCredits(50);
  const input = await imageRequest(ctx, await readyUpload(ctx));
  const job = await submitJob(ctx, input);
  await ctx.db.execute(
    `update assets set deleted_at = now() where user_id = '${ctx.actor.userId}'`,
  );
  const again = await submitJob(ctx, input);
  expect(again.input).toBeNull();
  expect(again).toEqual(await asked(ctx, job));
});

test("behind twenty users the place is not counted, and no submit waits for counting", async () => {
  const ctx = await userWithCredits(50);
  const others = Array.from({ length: 21 }, () => newId());
  const now = clock.now();
  await ctx.db
    .insert(users)
    .values(others.map((id) => ({ id, email: `${id}@example.com`, createdAt: now })));
  await ctx.db
    .insert(jobLanes)
    .values(others.map((userId) => ({ userId, nextDueAt: now, lastClaimedAt: now })));
  const { job } = await submitted(ctx);
  expect(job).toMatchObject({ status: "queued", queuePosition: null });
  await ctx.db.delete(jobLanes).where(inArray(jobLanes.userId, others));
});
