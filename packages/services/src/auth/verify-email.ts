import type { UserView, VerifyEmailInput } from "@tintype/core/auth";
import { DomainError } from "@tintype/core/problems";
import type { Tx } from "@tintype/db/client";
import { emailVerificationTokens, type UserRow, users } from "@tintype/db/schema";
import { and, eq, isNull } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { lockPaymentWallets } from "../rewards/referral-rewards.ts";
import { type AuthContext, toUserView } from "./auth-context.ts";
import { proveAddress } from "./prove-address.ts";
import { sha256 } from "./sha256.ts";
import { countAttempt } from "./throttle.ts";
import { verificationLetterCounters } from "./throttle-counters.ts";

/**
 * Sends the link once more; to whoever is verified already, nothing.
 * @throws DomainError too_many_attempts
 */
export async function requestVerification(ctx: ServiceContext<UserActor>): Promise<void> {
  const { userId } = ctx.actor;
  const [user] = await ctx.db.select().from(users).where(eq(users.id, userId));
  if (!user) throw new DomainError({ code: "unauthenticated" });
  const { email: to, locale } = user;
  if (user.verifiedEmail === to) return;
  await countAttempt(ctx.db, verificationLetterCounters(userId), ctx.now());
  await ctx.db.transaction((tx) =>
    ctx.mail.enqueue(tx, { kind: "verify_email", userId, to, locale }),
  );
}

/**
 * The address is the user's: they hold the account's session and a link that was mailed to it. Both are needed, since an
 * account may have been opened with somebody else's address, and its owner must not confirm it by opening a letter. A
 * link works once; to whoever is verified already the user's own link says so again.
 * @throws DomainError verification_token_invalid
 */
export async function verifyEmail(
  ctx: AuthContext<UserActor>,
  { token }: VerifyEmailInput,
): Promise<UserView> {
  const { userId } = ctx.actor;
  const verified = await ctx.db.transaction(async (tx) => {
    await lockPaymentWallets(tx, userId, ctx.now());
    const [user] = await tx.select().from(users).where(eq(users.id, userId)).for("no key update");
    if (!user) throw new DomainError({ code: "unauthenticated" });
    const isFirst = await spendToken(tx, { token, user, now: ctx.now() });
    if (isFirst) await proveAddress(ctx, tx, user);
    return toUserView({ ...user, verifiedEmail: user.email, awaitsVerification: false });
  });
  ctx.sessions.forget(userId);
  ctx.signals.userChanged(userId);
  return verified;
}

/** @returns whether the address was not verified yet. @throws DomainError verification_token_invalid */
async function spendToken(
  tx: Tx,
  { token, user, now }: { token: string; user: UserRow; now: Date },
): Promise<boolean> {
  const ofUser = and(
    eq(emailVerificationTokens.userId, user.id),
    eq(emailVerificationTokens.email, user.email),
  );
  const [found] = await tx
    .select()
    .from(emailVerificationTokens)
    .where(and(eq(emailVerificationTokens.tokenHash, sha256(token)), ofUser));
  if (found && user.verifiedEmail === user.email) return false;
  if (!found || found.usedAt !== null || found.expiresAt <= now) {
    throw new DomainError({ code: "verification_token_invalid" });
  }
  await tx
    .update(emailVerificationTokens)
    .set({ usedAt: now })
    .where(and(ofUser, isNull(emailVerificationTokens.usedAt)));
  return true;
}

/** For what is given to an account: it waits where the operator wants that. @throws DomainError email_not_verified */
export async function ensureMayBeGiven({ db, actor }: ServiceContext<UserActor>): Promise<void> {
  const [user] = await db
    .select({ awaitsVerification: users.awaitsVerification })
    .from(users)
    .where(eq(users.id, actor.userId))
    .prepare("awaits_verification")
    .execute();
  if (user?.awaitsVerification) throw new DomainError({ code: "email_not_verified" });
}
