import type { SignUpInput } from "@tintype/core/auth";
import type { Rewards } from "@tintype/core/catalogue";
import { DomainError } from "@tintype/core/problems";
import type { Tx } from "@tintype/db/client";
import { users, wallets } from "@tintype/db/schema";
import { getRewards } from "../catalogue/catalogue.ts";
import { grantCredits } from "../credits/grants.ts";
import { type AuthContext, type SignedIn, toUserView } from "./auth-context.ts";
import { hashPassword } from "./passwords.ts";
import { countAttempt, signUpCounters } from "./throttle.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Makes the account, its wallet, the welcome credits and a session: all or nothing.
 * @throws DomainError email_taken | too_many_attempts
 */
export async function signUp(ctx: AuthContext, input: SignUpInput): Promise<SignedIn> {
  const now = ctx.now();
  await countAttempt(ctx.db, signUpCounters(ctx.address), now);
  const passwordHash = await hashPassword(input.password);
  const rewards = await getRewards(ctx.db);

  return ctx.db.transaction(async (tx) => {
    const { email, locale } = input;
    const [user] = await tx
      .insert(users)
      .values({ email, locale, passwordHash, createdAt: now })
      .onConflictDoNothing({ target: users.email })
      .returning();
    if (!user) throw new DomainError({ code: "email_taken" });

    await openWallet(tx, user.id, rewards, now);
    const cookie = await ctx.sessions.create(tx, user.id);
    return { user: toUserView(user), cookie };
  });
}

/** A step: every user has a wallet from the first moment, and welcome credits once in their life. */
export async function openWallet(
  tx: Tx,
  userId: string,
  { welcomeCredits, welcomeExpiresDays }: Rewards,
  now: Date,
): Promise<void> {
  await tx.insert(wallets).values({ userId, updatedAt: now });
  if (welcomeCredits === 0) return;
  await grantCredits(tx, {
    userId,
    source: "welcome",
    category: "promo",
    amount: welcomeCredits,
    idempotencyKey: `welcome:${userId}`,
    expiresAt:
      welcomeExpiresDays === null ? null : new Date(now.getTime() + welcomeExpiresDays * DAY_MS),
    now,
    actor: { actorKind: "system", actorId: "sign_up" },
  });
}
