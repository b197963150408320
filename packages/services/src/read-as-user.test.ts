import { connect } from "@tintype/db/client";
import { assets, creditEvents, generationJobs, wallets } from "@tintype/db/schema";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { getAsset, listAssets } from "./assets/list-assets.ts";
import type { ServiceContext, UserActor } from "./context.ts";
import { exportHistory } from "./credits/export-history.ts";
import { getBalance } from "./credits/get-balance.ts";
import { getCreditReceipt } from "./credits/get-credit-receipt.ts";
import { getWallet } from "./credits/get-wallet.ts";
import { listHistory } from "./credits/list-history.ts";
import { wholeFile } from "./credits/testing.ts";
import { findJobRow, getJob } from "./jobs/get-job.ts";
import { getReceipt } from "./jobs/get-receipt.ts";
import { listJobs } from "./jobs/list-jobs.ts";
import { submitJob } from "./jobs/submit-job.ts";
import { watchJobs } from "./jobs/watch-jobs.ts";
import { readAsUser } from "./read-as-user.ts";
import { imageRequest, useTestServices } from "./testing.ts";

const services = useTestServices();
const { userWithCredits } = services;

async function userWithJob() {
  const ctx = await userWithCredits(20);
  const request = await imageRequest(ctx);
  const { id: jobId } = await submitJob(ctx, request);
  return { ctx, jobId, assetId: request.inputAssetId };
}

test("a read that forgets its where, or names another user, finds nothing of others", async () => {
  const owner = await userWithJob();
  const { ctx } = await userWithJob();
  const { userId } = ctx.actor;
  for (const table of [assets, creditEvents, generationJobs, wallets]) {
    const rows = await readAsUser(ctx, (tx) => tx.select().from(table));
    expect(new Set(rows.map((row) => row.userId))).toEqual(new Set([userId]));
  }
  const theirs = readAsUser(ctx, (tx) => findJobRow(tx, owner.ctx.actor.userId, owner.jobId));
  expect(await theirs).toBeUndefined();
});

type Setting = { ctx: ServiceContext<UserActor>; jobId: string; assetId: string };

/** Each read of a user, as a number of things found. */
const reads: Record<string, (setting: Setting) => Promise<number>> = {
  "credits/get-balance": async ({ ctx }) => (await getBalance(ctx)).available,
  "credits/list-history": async ({ ctx }) => (await listHistory(ctx, { limit: 10 })).items.length,
  "credits/get-wallet": async ({ ctx }) =>
    (await getWallet(ctx, { timeZone: "UTC" })).buckets.length,
  "credits/get-credit-receipt": async ({ ctx }) => found(getCreditReceipt(ctx, { seq: 1 })),
  "credits/export-history": async ({ ctx }) =>
    (await wholeFile(exportHistory(ctx, {}))).trimEnd().split("\r\n").length - 1,
  "jobs/list-jobs": async ({ ctx }) => (await listJobs(ctx, { limit: 10 })).items.length,
  "jobs/get-job": async ({ ctx, jobId }) => found(getJob(ctx, { jobId })),
  "jobs/get-job, its photo": async ({ ctx, jobId }) =>
    (await getJob(ctx, { jobId })).input ? 1 : 0,
  "jobs/get-receipt": async ({ ctx, jobId }) => (await getReceipt(ctx, { jobId })).events.length,
  "jobs/watch-jobs": watched,
  "assets/list-assets": async ({ ctx }) => (await listAssets(ctx, { limit: 10 })).items.length,
  "assets/get-asset": async ({ ctx, assetId }) => found(getAsset(ctx, { assetId })),
};

async function found(read: Promise<unknown>): Promise<number> {
  await read;
  return 1;
}

/** The first thing a stream says: the newest job, unless there is none to be seen. */
async function watched({ ctx }: Setting): Promise<number> {
  const stopping = new AbortController();
  const { value } = await watchJobs(ctx, stopping.signal).next();
  stopping.abort();
  return value?.type === "job" ? 1 : 0;
}

const nothingFound = (error: unknown): number => {
  expect(error).toMatchObject({ problem: { code: expect.stringMatching(/(_|^)not_found$/) } });
  return 0;
};

test("every read of a user is decided by the policies: without them it finds nothing", async () => {
  const setting = await userWithJob();
  for (const [name, read] of Object.entries(reads)) {
    expect([name, await read(setting)]).not.toEqual([name, 0]);
  }

  const owner = connect(services.parts.database.url, { role: null });
  await owner.db.execute(sql`
    do $$ declare v_policy record; begin
      for v_policy in select tablename, policyname from pg_policies where 'tintype_user' = any(roles)
      loop execute format('drop policy %I on %I', v_policy.policyname, v_policy.tablename); end loop;
    end $$`);
  await owner.close();
  for (const [name, read] of Object.entries(reads)) {
    expect([name, await read(setting).catch(nothingFound)]).toEqual([name, 0]);
  }
});
