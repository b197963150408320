import { uploadLimits } from "@tintype/core/assets";
import {
  type GenerationFailureCode,
  generationFailureCodes,
  isRetryable,
  outcomeUnknown,
} from "@tintype/core/generation";
import { jobDefaults } from "@tintype/core/jobs";
import { outageOf } from "@tintype/core/problems";
import {
  type AttemptOutcome,
  claimJob,
  completeJob,
  type Fence,
  failJob,
  reconcileJob,
} from "@tintype/db/job-functions";
import { assets, type GenerationJobRow } from "@tintype/db/schema";
import type { GeneratedFile, Generator } from "@tintype/integrations/generators/generator";
import { and, eq } from "drizzle-orm";
import type { ServiceContext, SystemActor } from "../context.ts";
import { deliveredUnits } from "./delivered-units.ts";
import { learnDuration } from "./estimates.ts";
import { findJobRow } from "./get-job.ts";
import { holdLease, type JobLease } from "./job-lease.ts";
import { fromStore, untilOutageEnds } from "./our-trouble.ts";
import { providerNameOf } from "./provider-name.ts";
import { objectsOf, storeOutputs } from "./store-outputs.ts";

/** A re-encoded upload may be larger than what was sent: PNG of a photo, for instance. */
const INPUT_BYTES = uploadLimits.byteSize * 20;

export type Worker = {
  id: string;
  generator: Generator;
  heartbeatSeconds: number;
  /** Aborted when the process is asked to stop: the job goes back to the queue at once. */
  stopping: AbortSignal;
  /** A moment, before something is tried again that a part of ours did not let us do. */
  pause: () => Promise<void>;
  onError: (error: unknown, job: { userId: string; jobId: string }) => void;
};
/** `put_back`: trouble of ours kept the job from being worked on; it cost no attempt. */
export type RunOutcome = "completed" | "reconciling" | "put_back" | AttemptOutcome;

/** Takes the next job and works on it to an end. @returns null when there was nothing to do */
export async function runNextJob(
  ctx: ServiceContext<SystemActor>,
  worker: Worker,
): Promise<RunOutcome | null> {
  const claimed = await claimJob(ctx.db, {
    workerId: worker.id,
    concurrency: ctx.config.concurrentJobsPerUser,
    leaseSeconds: ctx.config.leaseSeconds,
    now: ctx.now(),
  });
  if (!claimed) return null;
  ctx.signals.userChanged(claimed.userId);
  const { more, ...job } = claimed;
  if (more) ctx.signals.jobQueued();
  const outcome = await runAttempt(ctx, worker, { ...job, workerId: worker.id });
  ctx.signals.userChanged(claimed.userId);
  // Another of the same user's jobs may have waited for this one to end.
  ctx.signals.jobQueued();
  return outcome;
}

async function runAttempt(
  ctx: ServiceContext<SystemActor>,
  worker: Worker,
  fence: Fence,
): Promise<RunOutcome> {
  const lease = holdLease(ctx, fence, worker.heartbeatSeconds);
  try {
    const job = await findJobRow(ctx.db, fence.userId, fence.jobId);
    if (!job) throw new Error(`job ${fence.jobId} vanished while it was claimed`);
    const files = await generate(ctx, worker, job, lease);
    lease.report(97, "storing");
    return await untilOutageEnds(() => deliver(ctx, fence, job, files), {
      signal: AbortSignal.any([unlessSilent(lease.signal), worker.stopping]),
      pause: worker.pause,
      onTrouble: (error) => worker.onError(error, fence),
    });
  } catch (error) {
    return await giveUp(ctx, worker, fence, lease, error);
  } finally {
    await lease.close();
  }
}

/**
 * A database that is away may end the work on a job, but not the delivery of what is done: the job is ours as long as
 * nobody has taken it, and if somebody has, the fence says so.
 */
function unlessSilent(lease: AbortSignal): AbortSignal {
  const wanted = new AbortController();
  const pass = () => {
    if (lease.reason !== "silent") wanted.abort(lease.reason);
  };
  if (lease.aborted) pass();
  else lease.addEventListener("abort", pass, { once: true });
  return wanted.signal;
}

async function generate(
  ctx: ServiceContext<SystemActor>,
  worker: Worker,
  job: GenerationJobRow,
  lease: JobLease,
): Promise<GeneratedFile[]> {
  const found = await findEarlierWork(worker, job, lease);
  if (found) return found;
  const startedAt = performance.now();
  const [input] = await ctx.db
    .select()
    .from(assets)
    .where(and(eq(assets.userId, job.userId), eq(assets.id, job.inputAssetId)));
  if (!input) throw new Error(`asset ${job.inputAssetId} of job ${job.id} is missing`);
  const { bucket, objectKey: key } = input;
  const bytes = await fromStore(ctx.storage.read({ bucket, key, maxBytes: INPUT_BYTES }));
  const files = await worker.generator.generate(
    { name: providerNameOf(job), attempt: job.attempt, settings: job.settings, input: bytes },
    {
      signal: AbortSignal.any([lease.signal, worker.stopping]),
      onProgress: ({ percent, stage }) => lease.report(percent, stage),
    },
  );
  if (files.length === 0) {
    throw Object.assign(new Error("the generator delivered nothing"), { code: "provider_failed" });
  }
  // An estimate for others is not worth the result of this job.
  await learnDuration(ctx.db, job.settings, performance.now() - startedAt).catch((error: unknown) =>
    worker.onError(error, { userId: job.userId, jobId: job.id }),
  );
  return files;
}

/**
 * What an earlier attempt got a provider to do before its worker died: taken as it is, so that a crash never pays
 * for the same work twice. @returns null when there is none, and the work begins anew
 */
async function findEarlierWork(
  { generator, stopping }: Worker,
  job: GenerationJobRow,
  lease: JobLease,
): Promise<GeneratedFile[] | null> {
  const { attempt, settings } = job;
  if (attempt === 1 || !generator.find) return null;
  const found = await generator.find(
    { name: providerNameOf(job), attempt: attempt - 1, settings },
    { signal: AbortSignal.any([lease.signal, stopping]) },
  );
  if (found.state === "running") {
    throw Object.assign(new Error("the provider still works on it"), { code: outcomeUnknown });
  }
  return found.state === "succeeded" && found.files.length > 0 ? found.files : null;
}

async function deliver(
  ctx: ServiceContext<SystemActor>,
  fence: Fence,
  job: GenerationJobRow,
  files: readonly GeneratedFile[],
): Promise<RunOutcome> {
  const outputs = await storeOutputs(ctx, job, files);
  const { outcome } = await completeJob(ctx.db, {
    ...fence,
    deliveredUnits: deliveredUnits(job, files),
    outputs,
    now: ctx.now(),
  });
  if (outcome !== "lost") return outcome;
  // The answer to an earlier try may have been lost on its way: then these files are the user's.
  const current = await findJobRow(ctx.db, fence.userId, fence.jobId);
  if (current?.status === "completed" && current.attempt === fence.attempt) return "completed";
  await ctx.storage.delete(objectsOf(outputs));
  return "lost";
}

async function giveUp(
  ctx: ServiceContext<SystemActor>,
  worker: Worker,
  fence: Fence,
  lease: JobLease,
  error: unknown,
): Promise<RunOutcome> {
  if (lease.signal.reason === "lost") return "lost";
  /** It is told until the database hears it: what nobody is told costs the job an attempt. */
  const tell = <T>(work: () => Promise<T>) =>
    untilOutageEnds(work, {
      signal: worker.stopping,
      pause: worker.pause,
      onTrouble: (trouble) => worker.onError(trouble, fence),
    });
  if (codeOf(error) === outcomeUnknown) {
    worker.onError(error, fence);
    const askAfterSeconds = jobDefaults.askProviderSeconds;
    return tell(() => reconcileJob(ctx.db, { ...fence, askAfterSeconds, now: ctx.now() }));
  }
  const stopping = worker.stopping.aborted;
  const isSilent = lease.signal.reason === "silent";
  const isOurs = isSilent || (outageOf(error) !== null && !lease.signal.aborted);
  const own = stopping || isOurs ? "worker_lost" : ownFailureCodeOf(error);
  const code = own ?? (lease.signal.reason === "cancel" ? null : "provider_unavailable");
  if (!lease.signal.aborted && !stopping) worker.onError(error, fence);
  const outcome = await tell(() =>
    failJob(ctx.db, {
      ...fence,
      failureCode: code,
      retryable: code !== null && isRetryable(code),
      backoffSeconds: stopping ? 0 : ctx.config.retryBackoffSeconds,
      now: ctx.now(),
    }),
  );
  return outcome === "requeued" && isOurs && !stopping ? "put_back" : outcome;
}

/**
 * A generator's own failure says why. Without a reason it was the user's wish that stopped the attempt, or
 * something of the provider's that may have passed by the next one.
 */
function ownFailureCodeOf(error: unknown): GenerationFailureCode | undefined {
  return generationFailureCodes.find((known) => known === codeOf(error));
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;
