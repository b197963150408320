import { createHash } from "node:crypto";
import type { JobView, SubmitJobRequest } from "@tintype/core/jobs";
import { DomainError, type Problem } from "@tintype/core/problems";
import { describeNewJob, readJobDescription } from "@tintype/db/job-description";
import {
  type SubmitArguments,
  type SubmitOutcome,
  submitJob as submitFunction,
} from "@tintype/db/job-functions";
import type { ServiceContext, UserActor } from "../context.ts";
import { describedJobView } from "./job-views.ts";
import { ensureSupported } from "./quote-job.ts";

const WINDOW_SECONDS = 3_600;

/**
 * Queues a job and holds its price: both or neither, in one call of the database. The same request again
 * returns the first job; the same id with another request is refused.
 * @throws DomainError with the first rule that was broken; then no job, hold or event is left behind
 */
export async function submitJob(
  ctx: ServiceContext<UserActor>,
  input: SubmitJobRequest,
): Promise<JobView> {
  ensureSupported(ctx.config, input.settings);
  const args = argumentsOf(ctx, input);
  const result = await submitFunction(ctx.db, args);
  if (result.outcome !== "created" && result.outcome !== "existing") {
    throw new DomainError(problemOf(result, ctx, input));
  }
  ctx.signals.jobQueued();
  ctx.signals.userChanged(ctx.actor.userId);
  const isNew = result.outcome === "created";
  return describedJobView(ctx, isNew ? describeNewJob(args, result) : readJobDescription(result));
}

function argumentsOf(
  { actor, config, now }: ServiceContext<UserActor>,
  input: SubmitJobRequest,
): SubmitArguments {
  const { settings } = input;
  const at = now();
  return {
    userId: actor.userId,
    jobId: input.id,
    kind: settings.kind,
    settings,
    requestHash: hashOf(input),
    inputAssetId: input.inputAssetId,
    provider: config.provider.name,
    priceId: input.priceId,
    quotedCredits: input.credits,
    seconds: settings.kind === "video" ? settings.durationSeconds : 0,
    images: settings.kind === "image" ? settings.count : 1,
    modelTier: settings.modelTier,
    qualityTier: settings.qualityTier,
    maxAttempts: config.maxAttempts,
    deadlineAt: new Date(at.getTime() + config.deadlineSeconds[settings.kind] * 1_000),
    jobLimit: config.jobsPerHour,
    windowSeconds: WINDOW_SECONDS,
    overageCents: input.overageCents ?? 0,
    now: at,
  };
}

/** zod has put the keys into the order of the schema, so equal requests have equal texts. */
function hashOf({ id: _, overageCents = 0, ...request }: SubmitJobRequest): string {
  return createHash("sha256")
    .update(JSON.stringify({ ...request, overageCents }))
    .digest("hex");
}

function problemOf(
  result: Exclude<SubmitOutcome, { outcome: "created" } | { outcome: "existing" }>,
  ctx: ServiceContext<UserActor>,
  { id, inputAssetId, settings, credits, overageCents = 0 }: SubmitJobRequest,
): Problem {
  const { kind, modelTier, qualityTier } = settings;
  switch (result.outcome) {
    case "job_id_reused":
      return { code: "job_id_reused", jobId: id };
    case "asset_not_found":
    case "asset_not_ready":
      return { code: result.outcome, assetId: inputAssetId };
    case "price_unavailable":
      return { code: "price_unavailable", kind, modelTier, qualityTier };
    case "price_changed":
      return { code: "price_changed", quoted: credits, current: result.current };
    case "wallet_restricted":
      return { code: "wallet_restricted", owed: result.owed };
    case "insufficient_credits":
      return {
        code: "insufficient_credits",
        required: result.required,
        available: result.available,
        ...(result.scope !== undefined &&
          result.excluded !== undefined && { scope: result.scope, excluded: result.excluded }),
      };
    case "overage_unpaid":
      return { code: "overage_unpaid", unpaidCents: result.cents };
    case "plan_past_due":
      return { code: "plan_past_due" };
    case "overage_changed":
      return { code: "overage_changed", agreedCents: overageCents, currentCents: result.cents };
    case "overage_limit_reached":
      return {
        code: "overage_limit_reached",
        limitCents: result.limit,
        usedCents: result.used,
        neededCents: result.cents,
      };
    case "job_limit_reached":
      return jobLimitReached(ctx, new Date(result.oldest));
  }
}

/** The window slides: a place is free again when the oldest of the counted jobs leaves it. */
function jobLimitReached(ctx: ServiceContext<UserActor>, oldest: Date): Problem {
  const freeAt = oldest.getTime() + WINDOW_SECONDS * 1_000;
  return {
    code: "job_limit_reached",
    limit: ctx.config.jobsPerHour,
    windowSeconds: WINDOW_SECONDS,
    retryAfterSeconds: Math.max(1, Math.ceil((freeAt - ctx.now().getTime()) / 1_000)),
  };
}
