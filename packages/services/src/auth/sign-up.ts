import type { SignUpInput } from "@tintype/core/auth";
import type { Rewards } from "@tintype/core/catalogue";
import { DomainError } from "@tintype/core/problems";
import type { Tx } from "@tintype/db/client";
import { users, wallets } from "@tintype/db/schema";
import { getRewards } from "../catalogue/catalogue.ts";
import { getReferrer, recordReferral } from "../rewards/referrals.ts";
import { welcome } from "../rewards/welcome.ts";
import { type AuthContext, beginSession, type SignedIn } from "./auth-context.ts";
import { countAttempt } from "./throttle.ts";
import { signUpCounters } from "./throttle-counters.ts";

/**
 * Makes the account, its wallet, the welcome credits and a session: all or nothing.
 * @throws DomainError email_taken | too_many_attempts | referral_code_unknown | referral_refused
 * @throws OutageError busy
 */
export async function signUp(ctx: AuthContext, input: SignUpInput): Promise<SignedIn> {
  const { email, locale, referralCode } = input;
  const now = ctx.now();
  await countAttempt(ctx.db, signUpCounters(ctx.address), now);
  const referrer = referralCode === undefined ? null : await getReferrer(ctx.db, referralCode);
  const passwordHash = await ctx.passwords.hash(input.password, ctx.address);
  const rewards = await getRewards(ctx.db);

  return ctx.db.transaction(async (tx) => {
    const [user] = await tx
      .insert(users)
      .values({ email, locale, passwordHash, createdAt: now })
      .onConflictDoNothing({ target: users.email })
      .returning();
    if (!user) throw new DomainError({ code: "email_taken" });

    const { isNewHere } = await openWallet(tx, user, rewards, now);
    if (referrer) await recordReferral(tx, { user, isNewHere, referrer, now });
    const credits = isNewHere ? rewards.welcomeCredits : 0;
    const { id: userId, email: to } = user;
    await ctx.mail.enqueue(tx, { kind: "welcome", userId, to, locale: user.locale, credits });
    return beginSession(ctx, tx, user);
  });
}

/**
 * A step: every user has a wallet from the first moment, and every person welcome credits once in their life.
 * @returns whether the person has had no account before
 */
export async function openWallet(
  tx: Tx,
  user: { id: string; email: string },
  rewards: Rewards,
  now: Date,
): Promise<{ isNewHere: boolean }> {
  await tx.insert(wallets).values({ userId: user.id, updatedAt: now });
  return welcome(tx, user, rewards, now);
}
