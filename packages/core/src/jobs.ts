import { z } from "zod";
import type { AssetView } from "./assets.ts";
import { MAX_OVERAGE_LIMIT_CENTS } from "./billing.ts";
import type { PriceBreakdown } from "./catalogue.ts";
import {
  type GenerationFailureCode,
  type GenerationSettings,
  generationSettings,
  type JobKind,
  jobKinds,
  type ProgressStage,
} from "./generation.ts";
import { clientId } from "./ids.ts";
import type { SpendScope } from "./spend-scope.ts";
import { inputText } from "./text.ts";

export const jobStatuses = [
  "queued",
  "processing",
  "reconciling",
  "completed",
  "failed",
  "cancelled",
] as const;
export type JobStatus = (typeof jobStatuses)[number];
const endedJobStatuses = ["completed", "failed", "cancelled"] as const;
export const unfinishedJobStatuses = ["queued", "processing", "reconciling"] as const;
export const hasEnded = (status: JobStatus): boolean =>
  (endedJobStatuses as readonly JobStatus[]).includes(status);

/** Numbers of the queue; an operator may change those that `env.ts` names. */
export const jobDefaults = {
  leaseSeconds: 15,
  heartbeatSeconds: 5,
  maxAttempts: 3,
  /** Wait before attempt 2, 3, …: doubled each time. */
  retryBackoffSeconds: 2,
  jobsPerHour: 10,
  concurrentJobsPerUser: 2,
  /** Between two questions to a provider about an attempt we lost sight of. */
  askProviderSeconds: 15,
  /** So long after its deadline a late delivery is still asked for; it is free by then. */
  lateDeliverySeconds: 24 * 3_600,
  deadlineSeconds: { image: 15 * 60, video: 60 * 60 } satisfies Record<JobKind, number>,
} as const;

export const quoteInput = z.object({ settings: generationSettings });
export type QuoteInput = z.infer<typeof quoteInput>;

/** The browser makes the id, so sending the same request twice creates one job. */
export const submitJobInput = z.object({
  id: clientId,
  inputAssetId: z.uuid(),
  settings: generationSettings,
  /** From the quote: the row and the price the button showed. Another price now is a problem, not a surprise. */
  priceId: z.uuid(),
  credits: z.int().min(0),
  /** What the button said the wallet cannot pay: the most this job may cost beyond it, in US cents. */
  overageCents: z.int().min(0).max(MAX_OVERAGE_LIMIT_CENTS).default(0),
});
export type SubmitJobInput = z.infer<typeof submitJobInput>;
/** As a caller inside the house may say it: without a word about overage there is none. */
export type SubmitJobRequest = Omit<SubmitJobInput, "overageCents"> & { overageCents?: number };

export const jobIdInput = z.object({ jobId: z.uuid() });
export const listJobsInput = z.object({
  kind: z.enum(jobKinds).optional(),
  status: z.enum(jobStatuses).optional(),
  cursor: inputText({ max: 100, keepsSpaces: true }).optional(),
  limit: z.int().min(1).max(100).default(24),
});
export type ListJobsInput = z.infer<typeof listJobsInput>;

/** What a job costs beyond the wallet, in US cents, and what of the period's limit is used already. */
export type OverageQuote = {
  credits: number;
  cents: number;
  limitCents: number;
  usedCents: number;
  withinLimit: boolean;
  /** An invoice for overage is not paid, or its payment is disputed: nothing goes beyond the wallet. Null: neither. */
  unpaidCents: number | null;
  /** A payment for overage is disputed, or lost: paying what else is open would not help. */
  isDisputed: boolean;
  /** The plan itself is not paid: until it is, nothing goes beyond the wallet either. */
  isPlanPastDue: boolean;
};

/** The price before pressing, and everything the button promises. */
export type Quote = {
  priceId: string;
  credits: number;
  breakdown: PriceBreakdown;
  /** What the job may use of the wallet: what the user's switch keeps from it is `excluded`. */
  available: number;
  excluded: number;
  spendScope: SpendScope;
  availableAfter: number;
  affordable: boolean;
  /** Null unless credits are missing and the user has allowed to spend beyond the wallet. */
  overage: OverageQuote | null;
  /** Kept when cancelled after the work has begun; before that a cancel is always free. */
  cancelFeeCredits: number;
  /** A job that has not ended by then gives its credits back by itself. */
  refundAfterSeconds: number;
  /** The price row ends then; null while no end is set. */
  expiresAt: Date | null;
};

export type JobView = {
  id: string;
  /** Grows with every change, so an older message never overwrites a newer one. */
  version: number;
  kind: JobKind;
  status: JobStatus;
  settings: GenerationSettings;
  input: AssetView | null;
  outputs: AssetView[];
  /** Held when the job was created: the most it can cost. */
  credits: number;
  /** What it did cost; null until the job has ended. */
  chargedCredits: number | null;
  cancelFeeCredits: number;
  progress: number;
  stage: ProgressStage | null;
  /** 1 = next in line; null when not queued. */
  queuePosition: number | null;
  estimatedSeconds: number | null;
  attempt: number;
  maxAttempts: number;
  cancelRequested: boolean;
  failure: { code: GenerationFailureCode } | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** When an unfinished job is refunded by itself. */
  refundAt: Date;
};

export type BalanceView = { available: number; held: number; owed: number; version: number };
