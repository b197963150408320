import { z } from "zod";
import { MAX_OVERAGE_LIMIT_CENTS } from "./billing.ts";
import { type SpendScope, spendScopes } from "./spend-scope.ts";
import { inputText } from "./text.ts";
import { MAX_TOP_UP_CAP_CENTS, MAX_TOP_UP_THRESHOLD, type TopUpReason } from "./top-up.ts";

const topUpSettings = z.object({
  enabled: z.boolean(),
  /** Below so many credits a pack is bought. */
  thresholdCredits: z.int().min(1).max(MAX_TOP_UP_THRESHOLD),
  packCode: inputText({ min: 1, max: 100 }),
  /** The most that is bought in a calendar month; there is no buying without a limit. */
  monthlyCapCents: z.int().min(100).max(MAX_TOP_UP_CAP_CENTS),
});

/** What is not named stays as it is. `overageLimitCents` null: nothing beyond the wallet. */
export const updateBillingPreferencesInput = z.object({
  spendScope: z.enum(spendScopes).optional(),
  overageLimitCents: z.int().min(0).max(MAX_OVERAGE_LIMIT_CENTS).nullable().optional(),
  topUp: topUpSettings.optional(),
});
export type UpdateBillingPreferencesInput = z.infer<typeof updateBillingPreferencesInput>;

export type TopUpView = {
  enabled: boolean;
  thresholdCredits: number | null;
  packCode: string | null;
  monthlyCapCents: number | null;
  /** Bought or asked for in this calendar month. */
  spentCents: number;
  /** Why nothing is bought though it is on: the last purchase was declined. Turn it on again to go on. */
  pausedBecause: TopUpReason | null;
  /** A purchase is under way. */
  isBuying: boolean;
};

/** What has gone beyond the wallet and is not billed yet, in cents. */
export type UpcomingOverage = {
  /** Used, and on no bill. */
  cents: number;
  /** Set aside for jobs that still run: the most that may be added. */
  heldCents: number;
  /** When it is billed; with the bill of a plan, or by itself. */
  at: Date;
  isWithPlan: boolean;
  /** Less than can be billed by itself: it waits until there is more. */
  isTooSmall: boolean;
  /** Of periods before; it waits on the plan's next bill, which counts it already. */
  onNextBillCents: number;
};

export type BillingPreferences = {
  spendScope: SpendScope;
  overageLimitCents: number | null;
  /** Spent beyond the wallet in this period, promised or billed. */
  overageUsedCents: number;
  /** Null when there is nothing. */
  upcomingOverage: UpcomingOverage | null;
  /** An invoice for overage is not paid, or its payment is disputed or lost: nothing goes beyond the wallet. */
  isOverageBlocked: boolean;
  /** A dispute keeps it closed, for good once it is lost: whatever else is paid. */
  isOverageDisputed: boolean;
  topUp: TopUpView;
  limits: { overageLimitCents: number; topUpThresholdCredits: number; topUpCapCents: number };
};

/** What a round of due allowances and rollovers has done: how many users got something, and for how many it moved on. */
export type DueRound = { granted: number; rolledOver: number };
