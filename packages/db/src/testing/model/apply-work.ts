import { cancelFee, creditsFor } from "@tintype/core/catalogue";
import { endJob } from "./apply-settlement.ts";
import type { Ledger, ModelJob } from "./ledger.ts";
import type {
  Answer,
  DeliveryOperation,
  FailOperation,
  FailUnknownOperation,
} from "./operation.ts";

export function applyClaim(ledger: Ledger, jobId: string, workerId: string): Answer {
  const job = ledger.jobs.find(({ id }) => id === jobId);
  if (job?.status !== "queued") return null;
  Object.assign(job, { status: "processing", attempt: job.attempt + 1, workerId });
  return job.attempt;
}

const UNPAID = { charged: 0, delivered: 0 };

type Fence = { jobId: string; attempt: number; workerId: string };

/** The job if it is this worker's, in this attempt. */
function jobOfWorker(ledger: Ledger, { jobId, attempt, workerId }: Fence): ModelJob | undefined {
  const job = ledger.jobs.find(({ id }) => id === jobId);
  const isTheirs = job?.attempt === attempt && job.workerId === workerId;
  return job?.status === "processing" && isTheirs ? job : undefined;
}

/** The job if its provider is still asked about this attempt: before its deadline, or after it for nothing. */
function unknownJob(
  ledger: Ledger,
  { jobId, attempt }: Pick<Fence, "jobId" | "attempt">,
): ModelJob | undefined {
  const job = ledger.jobs.find(({ id }) => id === jobId);
  if (!job?.isUnknown || job.attempt !== attempt) return undefined;
  const isLate = job.status === "failed" && job.failureCode === "deadline_exceeded";
  return job.status === "reconciling" || isLate ? job : undefined;
}

export function applyReconcile(ledger: Ledger, fence: Fence): Answer {
  const job = jobOfWorker(ledger, fence);
  if (!job) return "lost";
  Object.assign(job, { status: "reconciling", workerId: null, isUnknown: true });
  return "reconciling";
}

export function applyDelivery(ledger: Ledger, operation: DeliveryOperation): Answer {
  const isUnknown = operation.do === "settle_unknown";
  const job = isUnknown ? unknownJob(ledger, operation) : jobOfWorker(ledger, operation);
  if (!job) return { outcome: "lost" };
  const { delivered, now } = operation;
  const worth = creditsFor(delivered, { unit: "image", ...job });
  job.isUnknown = false;
  if (job.charged !== null) {
    Object.assign(job, { status: "completed", delivered });
    return { outcome: "delivered_free", absorbed: worth };
  }
  const charged = Math.min(worth, job.credits);
  endJob(ledger, job, { status: "completed", charged, delivered, actor: "system" }, now);
  return { outcome: "completed", absorbed: worth - charged };
}

export function applyFail(ledger: Ledger, operation: FailOperation): Answer {
  const job = jobOfWorker(ledger, operation);
  if (!job) return "lost";
  if (operation.code === "worker_lost") job.maxAttempts += 1;
  return endAttempt(ledger, job, operation);
}

export function applyFailUnknown(ledger: Ledger, operation: FailUnknownOperation): Answer {
  const job = unknownJob(ledger, operation);
  if (!job) return "lost";
  job.isUnknown = false;
  return job.charged !== null ? "failed" : endAttempt(ledger, job, operation);
}

export function applyReap(ledger: Ledger, jobId: string, isLate: boolean, now: number): Answer {
  const job = ledger.jobs.find(({ id }) => id === jobId);
  if (isLate && job && job.charged === null) {
    const failureCode = "deadline_exceeded";
    endJob(ledger, job, { ...UNPAID, status: "failed", actor: "system", failureCode }, now);
    return "failed";
  }
  if (job?.status !== "processing" || isLate) return null;
  return endAttempt(ledger, job, { code: "worker_lost", retryable: true, now });
}

function endAttempt(
  ledger: Ledger,
  job: ModelJob,
  { code, retryable, now }: Pick<FailOperation, "code" | "retryable" | "now">,
): Answer {
  if (job.isCancelRequested) {
    const charged = code === null ? cancelFee(job.credits, job.cancelFeePercent) : 0;
    endJob(ledger, job, { status: "cancelled", charged, delivered: 0, actor: "user" }, now);
    return "cancelled";
  }
  if (retryable && job.attempt < job.maxAttempts) {
    Object.assign(job, { status: "queued", workerId: null });
    return "requeued";
  }
  const failureCode = code ?? "provider_failed";
  endJob(ledger, job, { ...UNPAID, status: "failed", actor: "system", failureCode }, now);
  return "failed";
}

export function applyCancel(ledger: Ledger, jobId: string, now: number): Answer {
  const job = ledger.jobs.find(({ id }) => id === jobId);
  if (!job) return "not_found";
  if (job.charged !== null) return "already_ended";
  if (job.status === "queued") {
    endJob(ledger, job, { status: "cancelled", charged: 0, delivered: 0, actor: "user" }, now);
    return "cancelled";
  }
  job.isCancelRequested = true;
  return "requested";
}
