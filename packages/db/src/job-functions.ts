import type { GenerationFailureCode, ProgressStage } from "@tintype/core/generation";
import type { SpendScope } from "@tintype/core/spend-scope";
import type { JobDescriptionJson, NewJobJson } from "./job-description.ts";
import type { GenerationJobRow } from "./schema/index.ts";
import { type Parameter, sqlFunction } from "./sql-function.ts";

export type SubmitArguments = {
  userId: string;
  jobId: string;
  kind: GenerationJobRow["kind"];
  settings: GenerationJobRow["settings"];
  requestHash: string;
  inputAssetId: string;
  provider: string;
  priceId: string;
  quotedCredits: number;
  seconds: number;
  images: number;
  modelTier: string;
  qualityTier: string;
  maxAttempts: number;
  deadlineAt: Date;
  jobLimit: number;
  windowSeconds: number;
  /** The most the user has agreed to pay beyond the wallet, in US cents. */
  overageCents: number;
  now: Date;
};
/** It worked, and this is the job now: nobody has to ask for it again. */
type Described<Outcome extends string> = { outcome: Outcome } & JobDescriptionJson;
export type SubmitOutcome =
  | ({ outcome: "created" } & NewJobJson)
  | Described<"existing">
  | { outcome: "job_id_reused" }
  | { outcome: "asset_not_found" | "asset_not_ready" | "price_unavailable" }
  | { outcome: "wallet_restricted"; owed: number }
  | { outcome: "job_limit_reached"; oldest: string }
  | { outcome: "price_changed"; current: number }
  | {
      outcome: "insufficient_credits";
      required: number;
      available: number;
      scope?: SpendScope;
      excluded?: number;
    }
  | { outcome: "overage_unpaid"; cents: number }
  | { outcome: "plan_past_due" }
  | { outcome: "overage_changed"; cents: number }
  | { outcome: "overage_limit_reached"; limit: number; used: number; cents: number };
export const submitJob = sqlFunction<SubmitArguments, SubmitOutcome>("submit_job", [
  ["userId", "uuid"],
  ["jobId", "uuid"],
  ["kind", "job_kind"],
  ["settings", "jsonb"],
  ["requestHash", "text"],
  ["inputAssetId", "uuid"],
  ["provider", "text"],
  ["priceId", "uuid"],
  ["quotedCredits", "bigint"],
  ["seconds", "integer"],
  ["images", "integer"],
  ["modelTier", "model_tier"],
  ["qualityTier", "quality_tier"],
  ["maxAttempts", "smallint"],
  ["deadlineAt", "timestamptz"],
  ["jobLimit", "integer"],
  ["windowSeconds", "integer"],
  ["overageCents", "bigint"],
  ["now", "timestamptz"],
]);

/** What a worker must show to change a job: without the right attempt it has lost the job. */
export type Fence = { userId: string; jobId: string; attempt: number; workerId: string };
const fence: readonly Parameter[] = [
  ["userId", "uuid"],
  ["jobId", "uuid"],
  ["attempt", "smallint"],
  ["workerId", "text"],
];

export const heartbeatJob = sqlFunction<
  Fence & { leaseSeconds: number; progress: number; stage: ProgressStage | null; now: Date },
  "ok" | "cancel" | "lost"
>("heartbeat_job", [
  ...fence,
  ["leaseSeconds", "integer"],
  ["progress", "smallint"],
  ["stage", "progress_stage"],
  ["now", "timestamptz"],
]);

export type StoredOutput = {
  id: string;
  bucket: "outputs";
  objectKey: string;
  thumbnailKey: string | null;
  contentType: string;
  byteSize: number;
  width: number;
  height: number;
  durationMs: number | null;
  fileName: string;
};
export const completeJob = sqlFunction<
  Fence & { deliveredUnits: number; outputs: StoredOutput[]; now: Date },
  { outcome: "completed"; absorbed: number } | { outcome: "lost" }
>("complete_job", [
  ...fence,
  ["deliveredUnits", "integer"],
  ["outputs", "jsonb"],
  ["now", "timestamptz"],
]);

export type AttemptOutcome = "requeued" | "failed" | "cancelled" | "lost";
export const failJob = sqlFunction<
  Fence & {
    /** Null: stopped because the user asked, which is the only end that costs the cancel fee. */
    failureCode: GenerationFailureCode | null;
    retryable: boolean;
    backoffSeconds: number;
    now: Date;
  },
  AttemptOutcome
>("fail_job", [
  ...fence,
  ["failureCode", "generation_failure"],
  ["retryable", "boolean"],
  ["backoffSeconds", "integer"],
  ["now", "timestamptz"],
]);

/** A worker lost sight of its attempt: not a failure, nobody knows. The hold stays while the provider is asked. */
export const reconcileJob = sqlFunction<
  Fence & { askAfterSeconds: number; now: Date },
  "reconciling" | "lost"
>("reconcile_job", [...fence, ["askAfterSeconds", "integer"], ["now", "timestamptz"]]);

/** An attempt whose end only its provider knows. */
export type UnknownAttempt = { userId: string; jobId: string; attempt: number };
const unknownAttempt: readonly Parameter[] = [
  ["userId", "uuid"],
  ["jobId", "uuid"],
  ["attempt", "smallint"],
];

export const claimUnknownJob = sqlFunction<
  { provider: string; askAgainSeconds: number; giveUpSeconds: number; now: Date },
  UnknownAttempt | null
>("claim_unknown_job", [
  ["provider", "text"],
  ["askAgainSeconds", "integer"],
  ["giveUpSeconds", "integer"],
  ["now", "timestamptz"],
]);

export const settleUnknownJob = sqlFunction<
  UnknownAttempt & { deliveredUnits: number; outputs: StoredOutput[]; now: Date },
  { outcome: "completed" | "delivered_free"; absorbed: number } | { outcome: "lost" }
>("settle_unknown_job", [
  ...unknownAttempt,
  ["deliveredUnits", "integer"],
  ["outputs", "jsonb"],
  ["now", "timestamptz"],
]);

export const failUnknownJob = sqlFunction<
  UnknownAttempt & {
    /** Null: the user no longer wants it, which costs the cancel fee. */
    failureCode: GenerationFailureCode | null;
    retryable: boolean;
    backoffSeconds: number;
    now: Date;
  },
  AttemptOutcome
>("fail_unknown_job", [
  ...unknownAttempt,
  ["failureCode", "generation_failure"],
  ["retryable", "boolean"],
  ["backoffSeconds", "integer"],
  ["now", "timestamptz"],
]);

export const cancelJob = sqlFunction<
  { userId: string; jobId: string; now: Date },
  | Described<"cancelled">
  | Described<"requested">
  | { outcome: "already_ended" }
  | { outcome: "not_found" }
>("cancel_and_describe_job", [
  ["userId", "uuid"],
  ["jobId", "uuid"],
  ["now", "timestamptz"],
]);

export type Reaped = {
  userId: string;
  jobId: string;
  outcome: AttemptOutcome | "stuck";
  /** Why a stuck job could not be ended; null for all others. */
  error: string | null;
};
export const reapJob = sqlFunction<
  {
    skip: string[];
    now: Date;
    /** A lease that had lapsed by then, in an outage of ours, costs its job no attempt. */
    blamelessUntil: Date | null;
  },
  Reaped | null
>("reap_job", [
  ["skip", "uuid[]"],
  ["now", "timestamptz"],
  ["blamelessUntil", "timestamptz"],
]);

/** Takes the next job for a worker; returns only its address, the caller reads the row. */
export type ClaimedJob = {
  userId: string;
  jobId: string;
  attempt: number;
  /** The user has another job that is due: others, who passed over their lane meanwhile, should look again. */
  more: boolean;
};
export const claimJob = sqlFunction<
  { workerId: string; concurrency: number; leaseSeconds: number; now: Date },
  ClaimedJob | null
>("claim_job", [
  ["workerId", "text"],
  ["concurrency", "integer"],
  ["leaseSeconds", "integer"],
  ["now", "timestamptz"],
]);
