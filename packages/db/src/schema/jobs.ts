import type { GenerationSettings } from "@tintype/core/generation";
import { generationFailureCodes, progressStages } from "@tintype/core/generation";
import { jobStatuses } from "@tintype/core/jobs";
import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { assets } from "./assets.ts";
import { jobKind, modelTier, prices, priceUnit, qualityTier } from "./catalogue.ts";
import { wallets } from "./credits.ts";
import { users } from "./users.ts";

export const jobStatus = pgEnum("job_status", jobStatuses);
export const generationFailure = pgEnum("generation_failure", generationFailureCodes);
export const progressStage = pgEnum("progress_stage", progressStages);
export const jobEventKinds = [
  "queued",
  "claimed",
  "requeued",
  "cancel_requested",
  "reconciling",
  "completed",
  "failed",
  "cancelled",
] as const;
export const jobEventKind = pgEnum("job_event_kind", jobEventKinds);

/** A request to generate, and at the same time its place in the queue: this table is the queue. */
export const generationJobs = pgTable(
  "generation_jobs",
  {
    userId: uuid()
      .notNull()
      .references(() => wallets.userId),
    id: uuid().notNull(),
    /** Grows with every change a browser should see. */
    version: integer().notNull().default(1),
    kind: jobKind().notNull(),
    status: jobStatus().notNull(),
    settings: jsonb().$type<GenerationSettings>().notNull(),
    /** SHA-256 of the request: the same id with another request is refused. */
    requestHash: text().notNull(),
    inputAssetId: uuid().notNull(),
    provider: text().notNull(),
    /** The price as it was quoted; the row in `prices` may change, this job does not. */
    priceId: uuid()
      .notNull()
      .references(() => prices.id),
    unit: priceUnit().notNull(),
    units: integer().notNull(),
    milliCreditsPerUnit: integer().notNull(),
    multiplierPercent: integer().notNull(),
    cancelFeePercent: smallint().notNull(),
    credits: bigint({ mode: "number" }).notNull(),
    /** The events of the ledger that held and settled the credits. */
    holdSeq: bigint({ mode: "number" }).notNull(),
    settleSeq: bigint({ mode: "number" }),
    chargedCredits: bigint({ mode: "number" }),
    deliveredUnits: integer(),
    attempt: smallint().notNull().default(0),
    maxAttempts: smallint().notNull(),
    availableAt: timestamp({ withTimezone: true }).notNull(),
    workerId: text(),
    leaseExpiresAt: timestamp({ withTimezone: true }),
    cancelRequestedAt: timestamp({ withTimezone: true }),
    progress: smallint().notNull().default(0),
    stage: progressStage(),
    failureCode: generationFailure(),
    createdAt: timestamp({ withTimezone: true }).notNull(),
    startedAt: timestamp({ withTimezone: true }),
    finishedAt: timestamp({ withTimezone: true }),
    deadlineAt: timestamp({ withTimezone: true }).notNull(),
    /** When the provider is asked next how an attempt ended that we lost sight of; null: nothing to ask. */
    askProviderAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    primaryKey({ name: "generation_jobs_pkey", columns: [t.userId, t.id] }),
    foreignKey({
      name: "generation_jobs_input_asset_fkey",
      columns: [t.userId, t.inputAssetId],
      foreignColumns: [assets.userId, assets.id],
    }),
    check("generation_jobs_credits_not_negative", sql`${t.credits} >= 0`),
    check(
      "generation_jobs_charged_within_held",
      sql`${t.chargedCredits} is null or ${t.chargedCredits} between 0 and ${t.credits}`,
    ),
    check("generation_jobs_progress_percent", sql`${t.progress} between 0 and 100`),
    check(
      "generation_jobs_ended_is_settled",
      sql`(${t.status} in ('completed', 'failed', 'cancelled')) = (${t.chargedCredits} is not null)`,
    ),
    index("generation_jobs_user_id_created_at").on(t.userId, t.createdAt, t.id),
    index("generation_jobs_queue")
      .on(t.userId, t.availableAt, t.id)
      .where(sql`${t.status} = 'queued'`),
    index("generation_jobs_leases").on(t.leaseExpiresAt).where(sql`${t.status} = 'processing'`),
    index("generation_jobs_processing_by_user").on(t.userId).where(sql`${t.status} = 'processing'`),
    index("generation_jobs_deadlines")
      .on(t.deadlineAt)
      .where(sql`${t.status} in ('queued', 'processing', 'reconciling')`),
    index("generation_jobs_to_ask").on(t.askProviderAt).where(sql`${t.askProviderAt} is not null`),
    index("generation_jobs_at_our_cost")
      .on(t.finishedAt)
      .where(
        sql`${t.status} = 'completed' and (${t.failureCode} is not null or ${t.deliveredUnits} > ${t.units})`,
      ),
    index("generation_jobs_unfinished_input")
      .on(t.userId, t.inputAssetId)
      .where(sql`${t.status} in ('queued', 'processing', 'reconciling')`),
  ],
);

/** What happened to a job, for support and for receipts. */
export const jobEvents = pgTable(
  "job_events",
  {
    userId: uuid().notNull(),
    jobId: uuid().notNull(),
    seq: smallint().notNull(),
    kind: jobEventKind().notNull(),
    attempt: smallint().notNull(),
    workerId: text(),
    failureCode: generationFailure(),
    createdAt: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [
    primaryKey({ name: "job_events_pkey", columns: [t.userId, t.jobId, t.seq] }),
    foreignKey({
      name: "job_events_job_fkey",
      columns: [t.userId, t.jobId],
      foreignColumns: [generationJobs.userId, generationJobs.id],
    }),
  ],
);

/**
 * One row per user with work: whose turn it is. Claiming looks at lanes, not at jobs, so one user's
 * twenty thousand jobs never stand between another user and a worker.
 */
export const jobLanes = pgTable(
  "job_lanes",
  {
    userId: uuid()
      .primaryKey()
      .references(() => users.id),
    /** When the lane's first queued job is due; null when it has none. */
    nextDueAt: timestamp({ withTimezone: true }),
    processing: integer().notNull().default(0),
    lastClaimedAt: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [
    check("job_lanes_processing_not_negative", sql`${t.processing} >= 0`),
    index("job_lanes_turn").on(t.lastClaimedAt).where(sql`${t.nextDueAt} is not null`),
  ],
);

/** How long a unit of work took lately, in milliseconds: a moving average for the estimate on the card. */
export const generationEstimates = pgTable("generation_estimates", {
  /** `kind/model tier/quality tier` */
  key: text().primaryKey(),
  kind: jobKind().notNull(),
  modelTier: modelTier().notNull(),
  qualityTier: qualityTier().notNull(),
  msPerUnit: integer().notNull(),
  samples: integer().notNull(),
});

export type GenerationJobRow = typeof generationJobs.$inferSelect;
