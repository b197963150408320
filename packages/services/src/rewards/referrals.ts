import { randomBytes } from "node:crypto";
import { canonicalAddress } from "@tintype/core/canonical-address";
import { DomainError } from "@tintype/core/problems";
import { REFERRAL_CODE_LENGTH, type ReferralView, referralCodeFrom } from "@tintype/core/referrals";
import type { Db, Tx } from "@tintype/db/client";
import { referralCodes, referrals, users } from "@tintype/db/schema";
import { count, eq } from "drizzle-orm";
import { ensureMayBeGiven } from "../auth/verify-email.ts";
import { getRewards } from "../catalogue/catalogue.ts";
import type { ServiceContext, UserActor } from "../context.ts";

type Person = { id: string; email: string };

/** The user's code and what it has brought. The code is made by `createReferralCode`. */
export async function getReferrals(ctx: ServiceContext<UserActor>): Promise<ReferralView> {
  const { userId } = ctx.actor;
  const { referralCredits } = await getRewards(ctx.db);
  const [known] = await ctx.db.select().from(referralCodes).where(eq(referralCodes.userId, userId));
  // Who they are is nobody's business, how many is: users have no right to the table.
  const [counts] = await ctx.db
    .select({ invited: count(), rewarded: count(referrals.rewardedAt) })
    .from(referrals)
    .where(eq(referrals.referrerId, userId));
  const { invited = 0, rewarded = 0 } = counts ?? {};
  return { code: known?.code ?? null, invited, rewarded, credits: referralCredits };
}

/**
 * One for each user, made when it is first asked for. Asking again, or twice at once, answers the same.
 * @throws DomainError email_not_verified
 */
export async function createReferralCode(
  ctx: ServiceContext<UserActor>,
): Promise<{ code: string }> {
  const { userId } = ctx.actor;
  await ensureMayBeGiven(ctx);
  const code = referralCodeFrom(randomBytes(REFERRAL_CODE_LENGTH));
  await ctx.db
    .insert(referralCodes)
    .values({ userId, code, createdAt: ctx.now() })
    .onConflictDoNothing({ target: referralCodes.userId });
  const [row] = await ctx.db.select().from(referralCodes).where(eq(referralCodes.userId, userId));
  if (!row) throw new Error(`the referral code of ${userId} vanished`);
  return { code: row.code };
}

/** Whose code it is. @throws DomainError referral_code_unknown */
export async function getReferrer(db: Db, code: string): Promise<Person> {
  const [person] = await db
    .select({ id: users.id, email: users.email })
    .from(referralCodes)
    .innerJoin(users, eq(users.id, referralCodes.userId))
    .where(eq(referralCodes.code, code));
  if (!person) throw new DomainError({ code: "referral_code_unknown" });
  return person;
}

type NewReferral = { user: Person; isNewHere: boolean; referrer: Person; now: Date };

/** A step of signing up. @throws DomainError referral_refused for oneself and for whoever has been here before */
export async function recordReferral(
  tx: Tx,
  { user, isNewHere, referrer, now }: NewReferral,
): Promise<void> {
  const isSelf = canonicalAddress(user.email) === canonicalAddress(referrer.email);
  if (isSelf || !isNewHere) throw new DomainError({ code: "referral_refused" });
  await tx
    .insert(referrals)
    .values({ refereeId: user.id, referrerId: referrer.id, createdAt: now });
}
