import type { SignUpInput } from "@tintype/core/auth";
import { canonicalAddress } from "@tintype/core/canonical-address";
import type { Rewards } from "@tintype/core/catalogue";
import { DomainError } from "@tintype/core/problems";
import type { Tx } from "@tintype/db/client";
import { type UserRow, users, wallets, welcomedAddresses } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { getRewards } from "../catalogue/catalogue.ts";
import { getReferrer, recordReferral } from "../rewards/referrals.ts";
import { welcome } from "../rewards/welcome.ts";
import { type AuthContext, beginSession, type SignedIn } from "./auth-context.ts";
import { sha256 } from "./sha256.ts";
import { countAttempt } from "./throttle.ts";
import { signUpCounters } from "./throttle-counters.ts";

/**
 * Makes the account, its wallet and a session: all or nothing. The welcome credits come with it, or once its address
 * is confirmed where the operator wants that.
 * @throws DomainError invalid_input for a weak password | email_taken | too_many_attempts | referral_code_unknown | referral_refused
 * @throws OutageError busy
 */
export async function signUp(ctx: AuthContext, input: SignUpInput): Promise<SignedIn> {
  const { email, locale, referralCode } = input;
  const now = ctx.now();
  await countAttempt(ctx.db, signUpCounters(ctx.address), now);
  const referrer = referralCode === undefined ? null : await getReferrer(ctx.db, referralCode);
  const passwordHash = await ctx.passwords.choose(input.password, { email }, ctx.address);
  const rewards = await getRewards(ctx.db);
  const awaitsVerification = ctx.requireVerifiedEmail;

  return ctx.db.transaction(async (tx) => {
    const [user] = await tx
      .insert(users)
      .values({ email, locale, passwordHash, awaitsVerification, createdAt: now })
      .onConflictDoNothing({ target: users.email })
      .returning();
    if (!user) throw new DomainError({ code: "email_taken" });
    const { isNewHere } = awaitsVerification
      ? await openEmptyWallet(tx, user, now)
      : await openWallet(tx, user, rewards, now);
    if (referrer) await recordReferral(tx, { user, isNewHere, referrer, now });
    await greet(ctx, tx, user, isNewHere ? rewards.welcomeCredits : 0);
    return beginSession(ctx, tx, user);
  });
}

async function greet({ mail }: AuthContext, tx: Tx, user: UserRow, credits: number): Promise<void> {
  const addressed = { userId: user.id, to: user.email, locale: user.locale };
  await mail.enqueue(
    tx,
    user.awaitsVerification
      ? { kind: "verify_email", ...addressed }
      : { kind: "welcome", ...addressed, credits },
  );
}

type NewUser = Pick<UserRow, "id" | "email">;

/**
 * A step: every user has a wallet from the first moment, and every person welcome credits once in their life.
 * @returns whether the person has had no account before
 */
export async function openWallet(
  tx: Tx,
  user: NewUser,
  rewards: Rewards,
  now: Date,
): Promise<{ isNewHere: boolean }> {
  await tx.insert(wallets).values({ userId: user.id, updatedAt: now });
  return welcome(tx, user, rewards, now);
}

/** Remembers nothing of the person yet: anybody can open an account with somebody else's address. */
async function openEmptyWallet(tx: Tx, user: NewUser, now: Date): Promise<{ isNewHere: boolean }> {
  await tx.insert(wallets).values({ userId: user.id, updatedAt: now });
  const addressHash = sha256(canonicalAddress(user.email));
  const known = await tx
    .select({ addressHash: welcomedAddresses.addressHash })
    .from(welcomedAddresses)
    .where(eq(welcomedAddresses.addressHash, addressHash));
  return { isNewHere: known.length === 0 };
}
