import { sqlFunction } from "./sql-function.ts";

/** Times are ISO strings: they arrive inside JSON. */
export type PromoRedemption =
  | { outcome: "redeemed"; credits: number; expiresAt: string | null }
  | { outcome: "already_redeemed"; at: string }
  | { outcome: "not_started"; startsAt: string }
  | { outcome: "not_found" | "disabled" | "ended" | "used_up" };

export const redeemPromoCode = sqlFunction<
  { userId: string; code: string; grantId: string; now: Date },
  PromoRedemption
>("redeem_promo_code", [
  ["userId", "uuid"],
  ["code", "text"],
  ["grantId", "uuid"],
  ["now", "timestamptz"],
]);

export const rewardReferral = sqlFunction<
  { userId: string; paymentReference: string; grantId: string; credits: number; now: Date },
  { outcome: "rewarded"; referrerId: string; credits: number } | { outcome: "nothing" }
>("reward_referral", [
  ["userId", "uuid"],
  ["paymentReference", "text"],
  ["grantId", "uuid"],
  ["credits", "bigint"],
  ["now", "timestamptz"],
]);

/** @returns the id of the user whose reward hangs on the payments of this one, or null */
export const holdReferralReward = sqlFunction<
  { userId: string; stands: boolean; now: Date },
  string | null
>("hold_referral_reward", [
  ["userId", "uuid"],
  ["stands", "boolean"],
  ["now", "timestamptz"],
]);

export const claimStreak = sqlFunction<
  { userId: string; grantId: string; credits: number; expireDays: number; now: Date },
  | { outcome: "claimed"; days: number; credits: number; nextAt: string }
  | { outcome: "already_claimed"; nextAt: string }
>("claim_streak", [
  ["userId", "uuid"],
  ["grantId", "uuid"],
  ["credits", "bigint"],
  ["expireDays", "integer"],
  ["now", "timestamptz"],
]);

export const streakOfUser = sqlFunction<
  { userId: string; now: Date },
  { days: number; nextAt: string | null }
>("streak_of_user", [
  ["userId", "uuid"],
  ["now", "timestamptz"],
]);

/** @returns how many wallets there were to lock */
export const lockPaymentWallets = sqlFunction<{ userId: string; now: Date }, number>(
  "lock_payment_wallets",
  [
    ["userId", "uuid"],
    ["now", "timestamptz"],
  ],
);
