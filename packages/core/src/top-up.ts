import { isInScope, type SpendScope } from "./spend-scope.ts";

/** Credits, above which a threshold makes no sense: a pack holds fewer. */
export const MAX_TOP_UP_THRESHOLD = 100_000;
/** The most that may be bought automatically in one month: $1,000. */
export const MAX_TOP_UP_CAP_CENTS = 100_000;
/** So many purchases in so long a time, and then a break: something is wrong, or somebody else is spending. */
export const TOP_UP_BURST = { purchases: 3, withinMs: 10 * 60_000 } as const;

export const topUpStatuses = ["asking", "charged", "paid", "declined"] as const;
/**
 * `asking`: reserved, the provider has not answered · `charged`: the money is on its way, the webhook brings the
 * credits · `paid`: they are there · `declined`: it was not paid, and nothing is bought before the user says so.
 */
export type TopUpStatus = (typeof topUpStatuses)[number];

export type TopUpReason = "card_declined" | "authentication_required" | "no_payment_method";

export type TopUpSettings = {
  /** When the user turned it on, the last time; null: off. */
  enabledAt: Date | null;
  thresholdCredits: number | null;
  monthlyCapCents: number | null;
};

type Known = {
  settings: TopUpSettings;
  pack: { credits: number; priceCents: number } | null;
  wallet: { usable: number; owed: number };
  scope: SpendScope;
  /** Everything that was tried in the last month, in any order. */
  attempts: readonly { status: TopUpStatus; askedAt: Date; priceCents: number }[];
  now: Date;
};

export type TopUpDecision =
  | "due"
  | "off"
  | "enough"
  | "pack_unavailable"
  | "scope_excludes_packs"
  | "wallet_owes"
  | "in_flight"
  | "paused"
  | "burst"
  | "monthly_cap";

/**
 * Whether a pack is bought now. Every no is final for this moment, in this order: what the user wants, what would be
 * of use, what has gone wrong, what it may cost. Money counts towards the cap from the moment it is asked for, paid or
 * not yet; what was declined does not.
 */
export function decideTopUp(known: Known): TopUpDecision {
  const { settings, pack, wallet, attempts, now } = known;
  const { enabledAt, thresholdCredits, monthlyCapCents } = settings;
  if (enabledAt === null || thresholdCredits === null || monthlyCapCents === null) return "off";
  if (wallet.usable >= thresholdCredits) return "enough";
  if (!pack) return "pack_unavailable";
  // What the switch keeps from being spent would only pile up.
  if (!isInScope(known.scope, { source: "purchase", category: "paid" }))
    return "scope_excludes_packs";
  // A debt swallows what is bought, and a job would still not fit.
  if (wallet.owed > 0) return "wallet_owes";
  if (attempts.some(({ status }) => status === "asking" || status === "charged"))
    return "in_flight";
  if (isPaused(enabledAt, attempts)) return "paused";
  const recent = attempts.filter(
    ({ askedAt }) => now.getTime() - askedAt.getTime() < TOP_UP_BURST.withinMs,
  );
  if (recent.length >= TOP_UP_BURST.purchases) return "burst";
  return spentThisMonth(attempts, now) + pack.priceCents > monthlyCapCents ? "monthly_cap" : "due";
}

/** After a decline nothing is bought until the user turns it on again. */
export const isPaused = (
  enabledAt: Date,
  attempts: readonly { status: TopUpStatus; askedAt: Date }[],
): boolean => attempts.some(({ status, askedAt }) => status === "declined" && askedAt >= enabledAt);

/** Months are those of UTC, as for the overage of somebody without a plan. */
export const monthOfTopUps = (now: Date): Date =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));

export const spentThisMonth = (
  attempts: readonly { status: TopUpStatus; askedAt: Date; priceCents: number }[],
  now: Date,
): number =>
  attempts
    .filter(({ status, askedAt }) => status !== "declined" && askedAt >= monthOfTopUps(now))
    .reduce((sum, { priceCents }) => sum + priceCents, 0);
