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
