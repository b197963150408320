import type { Db } from "../../client.ts";
import {
  cancelJob,
  completeJob,
  failJob,
  failUnknownJob,
  reconcileJob,
  type SubmitOutcome,
  settleUnknownJob,
  submitJob,
} from "../../job-functions.ts";
import { sqlFunction } from "../../sql-function.ts";
import { MAX_ATTEMPTS } from "./apply-submit.ts";
import type { Answer, Operation, SubmitOperation } from "./operation.ts";

export type ModelUser = { userId: string; assetId: string };
export type JobOperation = Extract<Operation, { jobId: string }>;

const DAY_MS = 86_400_000;

const claimThatJob = sqlFunction<
  { userId: string; jobId: string; workerId: string; now: Date },
  number | null
>("claim_that_job", [
  ["userId", "uuid"],
  ["jobId", "uuid"],
  ["workerId", "text"],
  ["now", "timestamptz"],
]);
const reapThatJob = sqlFunction<
  { userId: string; jobId: string; isLate: boolean; now: Date },
  string | null
>("reap_that_job", [
  ["userId", "uuid"],
  ["jobId", "uuid"],
  ["isLate", "boolean"],
  ["now", "timestamptz"],
]);

export async function performOnJob(
  db: Db,
  user: ModelUser,
  operation: JobOperation,
): Promise<Answer> {
  const call = { ...operation, userId: user.userId, now: new Date(operation.now) };
  switch (operation.do) {
    case "submit":
      return submitAnswer(
        await submitJob(db, { ...submitArguments(user, operation), now: call.now }),
      );
    case "claim":
      return claimThatJob(db, { ...call, workerId: operation.workerId });
    case "cancel":
      return (await cancelJob(db, call)).outcome;
    case "reap":
    case "deadline":
      return reapThatJob(db, { ...call, isLate: operation.do === "deadline" });
    case "reconcile": {
      const { attempt, workerId } = operation;
      return reconcileJob(db, { ...call, attempt, workerId, askAfterSeconds: 5 });
    }
    case "complete":
    case "settle_unknown": {
      const { attempt, delivered: deliveredUnits } = operation;
      const delivery = { ...call, attempt, deliveredUnits, outputs: [] };
      if (operation.do === "settle_unknown") return settleUnknownJob(db, delivery);
      return completeJob(db, { ...delivery, workerId: operation.workerId });
    }
    case "fail":
    case "fail_unknown": {
      const { attempt, code: failureCode, retryable } = operation;
      const failure = { ...call, attempt, failureCode, retryable, backoffSeconds: 0 };
      if (operation.do === "fail_unknown") return failUnknownJob(db, failure);
      return failJob(db, { ...failure, workerId: operation.workerId });
    }
  }
}

function submitArguments({ userId, assetId }: ModelUser, operation: SubmitOperation) {
  const { jobId, requestHash, price, images, quotedCredits, overageCents } = operation;
  return {
    ...{ userId, jobId, requestHash, images, quotedCredits, overageCents },
    kind: "image" as const,
    // The ledger never looks inside; the studio's own tests do.
    settings: { kind: "image" } as Parameters<typeof submitJob>[1]["settings"],
    inputAssetId: assetId,
    provider: "local",
    priceId: price.id,
    seconds: 0,
    modelTier: price.modelTier,
    qualityTier: "standard",
    maxAttempts: MAX_ATTEMPTS,
    deadlineAt: new Date(operation.now + DAY_MS),
    jobLimit: 1_000,
    windowSeconds: 3_600,
  };
}

/** Only what the model can know: an answer may carry more for the browser. */
function submitAnswer(outcome: SubmitOutcome): Answer {
  switch (outcome.outcome) {
    case "insufficient_credits": {
      const { required, available } = outcome;
      return { outcome: outcome.outcome, required, available };
    }
    case "wallet_restricted":
      return { outcome: outcome.outcome, owed: outcome.owed };
    case "price_changed":
      return { outcome: outcome.outcome, current: outcome.current };
    case "overage_changed":
      return { outcome: outcome.outcome, cents: outcome.cents };
    case "overage_limit_reached": {
      const { limit, used, cents } = outcome;
      return { outcome: outcome.outcome, limit, used, cents };
    }
    default:
      return { outcome: outcome.outcome };
  }
}
