import type { SignInInput } from "@tintype/core/auth";
import { DomainError } from "@tintype/core/problems";
import { type UserRow, users } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { type AuthContext, type SignedIn, toUserView } from "./auth-context.ts";
import { verifyPassword } from "./passwords.ts";
import { countAttempt, forgiveAttempts, signInCounters } from "./throttle.ts";

/**
 * Answers the same, after the same work, whether the account does not exist or the password is wrong.
 * @throws DomainError invalid_credentials | too_many_attempts
 */
export async function signIn(ctx: AuthContext, input: SignInInput): Promise<SignedIn> {
  const { email, password } = input;
  const attempt = await countAttempt(ctx.db, signInCounters(email, ctx.address), ctx.now());

  const [user] = await ctx.db.select().from(users).where(eq(users.email, email));
  const matches = await verifyPassword(user?.passwordHash, password);
  if (!user || !matches) throw new DomainError({ code: "invalid_credentials" });

  const signedIn = await beginSession(ctx, user);
  await forgiveAttempts(ctx.db, attempt, email);
  return signedIn;
}

/**
 * The password may have been changed while the old one was being checked; the row lock makes the new
 * session either come before the change, which then ends it, or see that it came too late.
 */
function beginSession(ctx: AuthContext, checked: UserRow): Promise<SignedIn> {
  return ctx.db.transaction(async (tx) => {
    const [user] = await tx.select().from(users).where(eq(users.id, checked.id)).for("share");
    if (user?.passwordHash !== checked.passwordHash) {
      throw new DomainError({ code: "invalid_credentials" });
    }
    return { user: toUserView(user), cookie: await ctx.sessions.create(tx, user.id) };
  });
}
