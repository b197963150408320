import { setTimeout as delay } from "node:timers/promises";
import type { RequestPasswordResetInput, ResetPasswordInput } from "@tintype/core/auth";
import { DomainError } from "@tintype/core/problems";
import { passwordResetTokens, sessions, users } from "@tintype/db/schema";
import { and, eq, gt, isNull } from "drizzle-orm";
import { lockPaymentWallets } from "../rewards/referral-rewards.ts";
import { type AuthContext, beginSession, type SignedIn } from "./auth-context.ts";
import { proveAddress } from "./prove-address.ts";
import { sha256 } from "./sha256.ts";
import { countAttempt, forgiveAttempt, resetCounter } from "./throttle.ts";
import {
  resetLetterCounters,
  resetRequestCounters,
  strangersCounter,
} from "./throttle-counters.ts";

/** Longer than the work takes, so that the time of the answer does not tell whether a letter was written. */
const ANSWER_AFTER_MS = 150;

/**
 * Puts a letter with a link into the outbox if there is such an account, and says nothing either way.
 * @throws DomainError too_many_attempts, which depends on the address of the caller only
 */
export async function requestPasswordReset(
  ctx: AuthContext,
  input: RequestPasswordResetInput,
): Promise<void> {
  await countAttempt(ctx.db, resetRequestCounters(ctx.address), ctx.now());
  await Promise.all([writeLetter(ctx, input), delay(ANSWER_AFTER_MS)]);
}

async function writeLetter(
  ctx: AuthContext,
  { email, locale }: RequestPasswordResetInput,
): Promise<void> {
  if (!(await mayWriteTo(ctx, email))) return;
  await ctx.db.transaction(async (tx) => {
    const [user] = await tx.select({ id: users.id }).from(users).where(eq(users.email, email));
    if (!user) return;
    await ctx.mail.enqueue(tx, { kind: "password_reset", userId: user.id, to: email, locale });
  });
}

/** Nobody can fill another's inbox. Counted for addresses without an account too, which costs the same. */
async function mayWriteTo(ctx: AuthContext, email: string): Promise<boolean> {
  try {
    await countAttempt(ctx.db, resetLetterCounters(email), ctx.now());
    return true;
  } catch (error) {
    if (error instanceof DomainError && error.problem.code === "too_many_attempts") return false;
    throw error;
  }
}

/**
 * Sets the password, ends every session of the account and begins a new one. A token works once.
 * @throws DomainError reset_token_invalid | too_many_attempts | invalid_input for a weak password, after which the
 * link still works
 * @throws OutageError busy
 */
export async function resetPassword(
  ctx: AuthContext,
  { token, password }: ResetPasswordInput,
): Promise<SignedIn> {
  const now = ctx.now();
  const attempt = await countAttempt(ctx.db, resetRequestCounters(ctx.address), now);
  const tokenHash = sha256(token);
  const usable = and(isNull(passwordResetTokens.usedAt), gt(passwordResetTokens.expiresAt, now));
  const [found] = await ctx.db
    .select({ userId: passwordResetTokens.userId, email: users.email })
    .from(passwordResetTokens)
    .innerJoin(users, eq(users.id, passwordResetTokens.userId))
    .where(and(eq(passwordResetTokens.tokenHash, tokenHash), usable));
  if (!found) throw new DomainError({ code: "reset_token_invalid" });
  const { userId, email } = found;
  const passwordHash = await ctx.passwords.choose(password, { email }, ctx.address);

  const signedIn = await ctx.db.transaction(async (tx) => {
    await lockPaymentWallets(tx, userId, now);
    // Before the token: of two links used at once the second waits here and then finds its token used.
    const [user] = await tx
      .update(users)
      .set({ passwordHash })
      .where(eq(users.id, userId))
      .returning();
    const spent = await tx
      .update(passwordResetTokens)
      .set({ usedAt: now })
      .where(and(eq(passwordResetTokens.userId, userId), usable))
      .returning({ tokenHash: passwordResetTokens.tokenHash });
    if (!user || !spent.some((each) => each.tokenHash === tokenHash)) {
      throw new DomainError({ code: "reset_token_invalid" });
    }
    await tx.delete(sessions).where(eq(sessions.userId, userId));
    // The link was mailed to this address, and whoever held the account before is signed out.
    await proveAddress(ctx, tx, user);
    const verified = { ...user, verifiedEmail: user.email, awaitsVerification: false };
    return beginSession(ctx, tx, verified);
  });
  ctx.sessions.forget(userId);
  await forgiveAttempt(ctx.db, attempt);
  // What was guessed at was the old password.
  await resetCounter(ctx.db, strangersCounter(signedIn.user.email));
  return signedIn;
}
