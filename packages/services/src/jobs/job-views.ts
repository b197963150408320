import { cancelFee } from "@tintype/core/catalogue";
import type { JobView } from "@tintype/core/jobs";
import { type AssetRow, assets, type GenerationJobRow } from "@tintype/db/schema";
import { and, asc, eq, inArray, isNull, or } from "drizzle-orm";
import { toAssetView } from "../assets/asset-view.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { type Estimates, loadEstimates, remainingSeconds } from "./estimates.ts";
import { queuePositions } from "./queue-position.ts";

/** Turns job rows of ONE user into what the browser may know, with signed addresses, in a fixed number of queries. */
export async function toJobViews(
  ctx: ServiceContext<Actor>,
  rows: readonly GenerationJobRow[],
): Promise<JobView[]> {
  const [first] = rows;
  if (!first) return [];
  const { userId } = first;
  const unfinished = rows.some(({ status }) => status === "queued" || status === "processing");
  const [files, estimates, positions] = await Promise.all([
    filesOf(ctx, userId, rows),
    unfinished ? loadEstimates(ctx.db) : new Map<string, number>(),
    rows.some(({ status }) => status === "queued")
      ? queuePositions(ctx.db, userId)
      : new Map<string, number>(),
  ]);
  return Promise.all(
    rows.map((row) => toJobView(ctx, row, files, estimates, positions.get(row.id) ?? null)),
  );
}

/** The photos and results of these jobs; what the user has deleted is not among them. */
async function filesOf(
  ctx: ServiceContext<Actor>,
  userId: string,
  rows: readonly GenerationJobRow[],
): Promise<AssetRow[]> {
  const ofJobs = or(
    inArray(
      assets.jobId,
      rows.map(({ id }) => id),
    ),
    inArray(
      assets.id,
      rows.map(({ inputAssetId }) => inputAssetId),
    ),
  );
  return ctx.db
    .select()
    .from(assets)
    .where(and(eq(assets.userId, userId), ofJobs, isNull(assets.deletedAt)))
    .orderBy(asc(assets.position));
}

async function toJobView(
  ctx: ServiceContext<Actor>,
  row: GenerationJobRow,
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
    failure: row.failureCode === null ? null : { code: row.failureCode },
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    refundAt: row.deadlineAt,
  };
}
