import { randomUUID } from "node:crypto";
import { DomainError, type Problem } from "@tintype/core/problems";
import type { RedeemedPromoCode, RedeemPromoCodeInput } from "@tintype/core/rewards";
import {
  type PromoRedemption,
  redeemPromoCode as redeemFunction,
} from "@tintype/db/reward-functions";
import { countAttempt, forgiveAttempt } from "../auth/throttle.ts";
import { promoCounters } from "../auth/throttle-counters.ts";
import { ensureMayBeGiven } from "../auth/verify-email.ts";
import type { ServiceContext, UserActor } from "../context.ts";

/**
 * Gives the user what the code is worth, once. Wrong codes are counted before they are looked up, and the right
 * ones forgiven, so that nobody can guess their way through.
 * @throws DomainError promo_code_… for a code that gives nothing | too_many_attempts | email_not_verified
 */
export async function redeemPromoCode(
  ctx: ServiceContext<UserActor>,
  { code }: RedeemPromoCodeInput,
): Promise<RedeemedPromoCode> {
  const { userId } = ctx.actor;
  await ensureMayBeGiven(ctx);
  const now = ctx.now();
  const attempt = await countAttempt(ctx.db, promoCounters(userId), now);
  const redemption = await redeemFunction(ctx.db, { userId, code, grantId: randomUUID(), now });

  const isKnown = redemption.outcome === "redeemed" || redemption.outcome === "already_redeemed";
  if (isKnown) await forgiveAttempt(ctx.db, attempt);
  if (redemption.outcome !== "redeemed") throw new DomainError(problemOf(redemption));
  ctx.signals.userChanged(userId);
  const { credits, expiresAt } = redemption;
  return { credits, expiresAt: expiresAt === null ? null : new Date(expiresAt) };
}

type Refusal = Exclude<PromoRedemption, { outcome: "redeemed" }>;

function problemOf(refusal: Refusal): Problem {
  switch (refusal.outcome) {
    case "already_redeemed":
      return { code: "promo_code_already_redeemed", at: refusal.at };
    case "not_started":
      return { code: "promo_code_not_started", startsAt: refusal.startsAt };
    default:
      return { code: `promo_code_${refusal.outcome}` };
  }
}
