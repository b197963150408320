import { isRetryable } from "@tintype/core/generation";
import { jobDefaults } from "@tintype/core/jobs";
import {
  type AttemptOutcome,
  claimUnknownJob,
  failUnknownJob,
  settleUnknownJob,
  type UnknownAttempt,
} from "@tintype/db/job-functions";
import type { GenerationJobRow } from "@tintype/db/schema";
import type { FoundAttempt, GeneratedFile } from "@tintype/integrations/generators/generator";
import type { ServiceContext, SystemActor } from "../context.ts";
import { deliveredUnits } from "./delivered-units.ts";
import { findJobRow } from "./get-job.ts";
import { providerNameOf } from "./provider-name.ts";
import type { Worker } from "./run-next-job.ts";
import { objectsOf, storeOutputs } from "./store-outputs.ts";

export type Answered = UnknownAttempt & {
  outcome: AttemptOutcome | "completed" | "delivered_free" | "running";
};

/** A provider that does not answer must not keep the other jobs from being asked about. */
const ANSWER_WITHIN_MS = 30_000;
const JOBS_PER_ROUND = 100;

/**
 * Asks the provider how attempts ended that we lost sight of, and settles what it knows: a late success is charged
 * as ever, after the deadline it is free. Any number of processes may do this at once. @returns what was learnt
 */
export async function askProviders(
  ctx: ServiceContext<SystemActor>,
  worker: Pick<Worker, "generator" | "onError">,
): Promise<Answered[]> {
  const answered: Answered[] = [];
  while (worker.generator.find && answered.length < JOBS_PER_ROUND) {
    const unknown = await claimUnknownJob(ctx.db, {
      provider: worker.generator.name,
      askAgainSeconds: jobDefaults.askProviderSeconds,
      giveUpSeconds: jobDefaults.lateDeliverySeconds,
      now: ctx.now(),
    });
    if (!unknown) break;
    answered.push({ ...unknown, outcome: await askAbout(ctx, worker, unknown) });
    ctx.signals.userChanged(unknown.userId);
  }
  if (answered.some(({ outcome }) => outcome === "requeued")) ctx.signals.jobQueued();
  return answered;
}

async function askAbout(
  ctx: ServiceContext<SystemActor>,
  { generator, onError }: Pick<Worker, "generator" | "onError">,
  unknown: UnknownAttempt,
): Promise<Answered["outcome"]> {
  const job = await findJobRow(ctx.db, unknown.userId, unknown.jobId);
  if (!job || !generator.find) return "lost";
  try {
    const { attempt, settings } = job;
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const found = await generator.find(
      { name: providerNameOf(job), attempt, settings },
      { signal },
    );
    return await settle(ctx, unknown, job, found);
  } catch (error) {
    // No answer is no news: the hold stays, and the next round asks again until the deadline.
    onError(error, unknown);
    return "running";
  }
}

async function settle(
  ctx: ServiceContext<SystemActor>,
  unknown: UnknownAttempt,
  job: GenerationJobRow,
  found: FoundAttempt,
): Promise<Answered["outcome"]> {
  if (found.state === "succeeded" && found.files.length > 0) {
    return deliver(ctx, unknown, job, found.files);
  }
  const isUnwanted = job.cancelRequestedAt !== null;
  if (found.state === "running" && !isUnwanted) return "running";
  const code = found.state === "failed" ? found.code : "provider_failed";
  return failUnknownJob(ctx.db, {
    ...unknown,
    failureCode: found.state === "running" ? null : code,
    retryable: isRetryable(code),
    backoffSeconds: ctx.config.retryBackoffSeconds,
    now: ctx.now(),
  });
}

async function deliver(
  ctx: ServiceContext<SystemActor>,
  unknown: UnknownAttempt,
  job: GenerationJobRow,
  files: readonly GeneratedFile[],
): Promise<Answered["outcome"]> {
  const outputs = await storeOutputs(ctx, job, files);
  const { outcome } = await settleUnknownJob(ctx.db, {
    ...unknown,
    deliveredUnits: deliveredUnits(job, files),
    outputs,
    now: ctx.now(),
  });
  if (outcome === "lost") await deleteUnlessKept(ctx, unknown, outputs);
  return outcome;
}

/** Whoever settled first may have stored the same files under the same names; then they are the user's. */
async function deleteUnlessKept(
  ctx: ServiceContext<SystemActor>,
  { userId, jobId }: UnknownAttempt,
  outputs: Parameters<typeof objectsOf>[0],
): Promise<void> {
  const job = await findJobRow(ctx.db, userId, jobId);
  if (job?.status !== "completed") await ctx.storage.delete(objectsOf(outputs));
}
