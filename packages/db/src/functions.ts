import type { CreditCategory, CreditSource } from "@tintype/core/credits";
import type { GenerationFailureCode, ProgressStage } from "@tintype/core/generation";
import type { BalanceView } from "@tintype/core/jobs";
import { type SQL, sql } from "drizzle-orm";
import { type Db, preparedPerDb, type Tx } from "./client.ts";
import type { GenerationJobRow } from "./schema/index.ts";

type Parameter = readonly [name: string, sqlType: string];

/**
 * A typed call of one SQL function of `packages/db/sql`, prepared under the function's name: one round trip.
 */
function sqlFunction<Arguments extends Record<string, unknown>, Result>(
  name: string,
  parameters: readonly Parameter[],
) {
  const build = (db: Db | Tx) => {
    const values = parameters.map(
      ([key, type]): SQL => sql`${sql.placeholder(key)}::${sql.raw(type)}`,
    );
    const call = sql`${sql.raw(name)}(${sql.join(values, sql`, `)})`;
    return db.select({ result: sql<Result>`result` }).from(sql`${call} as result`).prepare(name);
  };
  const forDb = preparedPerDb(build);
  return async (db: Db | Tx, args: Arguments): Promise<Result> => {
    const statement = "$client" in db ? forDb(db as Db) : build(db);
    const [row] = await statement.execute(toParameters(args, parameters));
    if (!row) throw new Error(`${name} answered without a row`);
    return row.result;
  };
}

/** Dates travel as ISO strings, JSON as text, arrays of ids as PostgreSQL's array literal. */
function toParameters(
  args: Record<string, unknown>,
  parameters: readonly Parameter[],
): Record<string, unknown> {
  const encode = (value: unknown, type: string) => {
    if (value instanceof Date) return value.toISOString();
    if (type === "uuid[]" && Array.isArray(value)) return `{${value.join(",")}}`;
    return type === "jsonb" ? JSON.stringify(value) : value;
  };
  return Object.fromEntries(parameters.map(([key, type]) => [key, encode(args[key], type)]));
}

export type ActorColumns = { actorKind: "user" | "admin" | "system"; actorId: string };

export type GrantArguments = ActorColumns & {
  userId: string;
  grantId: string;
  source: CreditSource;
  category: CreditCategory;
  amount: number;
  idempotencyKey: string;
  now: Date;
  expiresAt: Date | null;
  priority: number;
  costBasisCents: number;
  currency: string;
  paymentReference: string | null;
  periodReference: string | null;
  reason: string | null;
};
export const grantCredits = sqlFunction<
  GrantArguments,
  { outcome: "granted" | "already_granted"; seq: number }
>("grant_credits", [
  ["userId", "uuid"],
  ["grantId", "uuid"],
  ["source", "credit_source"],
  ["category", "credit_category"],
  ["amount", "bigint"],
  ["idempotencyKey", "text"],
  ["actorKind", "actor_kind"],
  ["actorId", "text"],
  ["now", "timestamptz"],
  ["expiresAt", "timestamptz"],
  ["priority", "smallint"],
  ["costBasisCents", "bigint"],
  ["currency", "text"],
  ["paymentReference", "text"],
  ["periodReference", "text"],
  ["reason", "text"],
]);

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
  now: Date;
};
export type SubmitOutcome =
  | { outcome: "created" | "existing" | "job_id_reused" }
  | { outcome: "asset_not_found" | "asset_not_ready" | "price_unavailable" }
  | { outcome: "wallet_restricted"; owed: number }
  | { outcome: "job_limit_reached"; oldest: string }
  | { outcome: "price_changed"; current: number }
  | { outcome: "insufficient_credits"; required: number; available: number };
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

export const cancelJob = sqlFunction<
  { userId: string; jobId: string; now: Date },
  "cancelled" | "requested" | "already_ended" | "not_found"
>("cancel_job", [
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
export const reapJob = sqlFunction<{ skip: string[]; now: Date }, Reaped | null>("reap_job", [
  ["skip", "uuid[]"],
  ["now", "timestamptz"],
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

/** As the user: only what row-level security lets them see is counted. */
export const balanceOfUser = sqlFunction<{ userId: string; now: Date }, BalanceView | null>(
  "balance_of_user",
  [
    ["userId", "uuid"],
    ["now", "timestamptz"],
  ],
);
