import { cancelFee } from "@tintype/core/catalogue";
import type { JobView } from "@tintype/core/jobs";
import type { Tx } from "@tintype/db/client";
import type { DescribedJob, JobDescription } from "@tintype/db/job-description";
import { type AssetRow, assets, type GenerationJobRow } from "@tintype/db/schema";
import { and, asc, eq, isNull, or, sql } from "drizzle-orm";
import { toAssetView } from "../assets/asset-view.ts";
import type { ServiceContext, UserActor } from "../context.ts";
import { type Estimates, estimatesOf, loadEstimates, remainingSeconds } from "./estimates.ts";
import { queuePositions } from "./queue-position.ts";

/** Jobs of one user, with the rows of their photos and results. */
export type JobsWithFiles = { rows: GenerationJobRow[]; files: AssetRow[] };

/**
 * What the browser may know of the user's jobs, with signed addresses, in a fixed number of queries. Those look at
 * other users' jobs as well, so they are the service's and not part of the user's own transaction.
 */
export async function toJobViews(
  ctx: ServiceContext<UserActor>,
  { rows, files }: JobsWithFiles,
): Promise<JobView[]> {
  if (rows.length === 0) return [];
  const unfinished = rows.some(({ status }) => status === "queued" || status === "processing");
  const [estimates, positions] = await Promise.all([
    unfinished ? loadEstimates(ctx.db) : new Map<string, number>(),
    rows.some(({ status }) => status === "queued")
      ? queuePositions(ctx.db, ctx.actor.userId)
      : new Map<string, number>(),
  ]);
  return Promise.all(
    rows.map((row) => toJobView(ctx, row, files, estimates, positions.get(row.id) ?? null)),
  );
}

/** The same of one job that was just changed and came back with all of it. */
export function describedJobView(
  ctx: ServiceContext<UserActor>,
  { job, files, msPerUnit, queuePosition }: JobDescription,
): Promise<JobView> {
  return toJobView(ctx, job, files, estimatesOf(job.settings, msPerUnit), queuePosition);
}

/** A step of the user's read: adds the photos and results; what the user has deleted is not among them. */
export async function withFiles(
  tx: Tx,
  userId: string,
  rows: GenerationJobRow[],
): Promise<JobsWithFiles> {
  if (rows.length === 0) return { rows, files: [] };
  // As arrays, so that one prepared statement serves any number of jobs.
  const jobIds = sql`${uuidArray(rows.map(({ id }) => id))}::uuid[]`;
  const inputIds = sql`${uuidArray(rows.map(({ inputAssetId }) => inputAssetId))}::uuid[]`;
  const ofJobs = or(sql`${assets.jobId} = any(${jobIds})`, sql`${assets.id} = any(${inputIds})`);
  const files = await tx
    .select()
    .from(assets)
    .where(and(eq(assets.userId, userId), ofJobs, isNull(assets.deletedAt)))
    .orderBy(asc(assets.position))
    .prepare("files_of_jobs")
    .execute();
  return { rows, files };
}

const uuidArray = (ids: readonly string[]): string => `{${ids.join(",")}}`;

async function toJobView(
  ctx: ServiceContext<UserActor>,
  row: DescribedJob,
  files: readonly AssetRow[],
  estimates: Estimates,
  queuePosition: number | null,
): Promise<JobView> {
  const input = files.find(({ id }) => id === row.inputAssetId);
  const outputs = files.filter(({ jobId }) => jobId === row.id);
  return {
    id: row.id,
    version: row.version,
    kind: row.kind,
    status: row.status,
    settings: row.settings,
    input: input ? await toAssetView(ctx, input) : null,
    outputs: await Promise.all(outputs.map((output) => toAssetView(ctx, output))),
    credits: row.credits,
    chargedCredits: row.chargedCredits,
    cancelFeeCredits: row.status === "queued" ? 0 : cancelFee(row.credits, row.cancelFeePercent),
    progress: row.progress,
    stage: row.stage,
    queuePosition,
    estimatedSeconds: remainingSeconds(estimates, row, queuePosition),
    attempt: row.attempt,
    maxAttempts: row.maxAttempts,
    cancelRequested: row.cancelRequestedAt !== null,
    // A delivery after the deadline keeps the code in its row, to be counted; for the user it did not fail.
    failure:
      row.failureCode === null || row.status === "completed" ? null : { code: row.failureCode },
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    refundAt: row.deadlineAt,
  };
}
