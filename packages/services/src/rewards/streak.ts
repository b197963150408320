import { randomUUID } from "node:crypto";
import { DomainError } from "@tintype/core/problems";
import { type ClaimedStreak, STREAK_EXPIRES_DAYS, type StreakView } from "@tintype/core/streaks";
import { claimStreak as claimFunction, streakOfUser } from "@tintype/db/reward-functions";
import { ensureMayBeGiven } from "../auth/verify-email.ts";
import { getRewards } from "../catalogue/catalogue.ts";
import type { ServiceContext, UserActor } from "../context.ts";

/** How long the streak is, and when the next day can be claimed. */
export async function getStreak(ctx: ServiceContext<UserActor>): Promise<StreakView> {
  const { userId } = ctx.actor;
  const { streakCredits } = await getRewards(ctx.db);
  const { days, nextAt } = await streakOfUser(ctx.db, { userId, now: ctx.now() });
  return { days, credits: streakCredits, nextAt: nextAt === null ? null : new Date(nextAt) };
}

/**
 * Today's credits, once a day of the user's calendar.
 * @throws DomainError streak_already_claimed | email_not_verified
 */
export async function claimStreak(ctx: ServiceContext<UserActor>): Promise<ClaimedStreak> {
  const { userId } = ctx.actor;
  await ensureMayBeGiven(ctx);
  const { streakCredits } = await getRewards(ctx.db);
  const claim = await claimFunction(ctx.db, {
    userId,
    grantId: randomUUID(),
    credits: streakCredits,
    expireDays: STREAK_EXPIRES_DAYS,
    now: ctx.now(),
  });
  if (claim.outcome === "already_claimed") {
    throw new DomainError({ code: "streak_already_claimed", nextAt: claim.nextAt });
  }
  ctx.signals.userChanged(userId);
  return { days: claim.days, credits: claim.credits, nextAt: new Date(claim.nextAt) };
}
