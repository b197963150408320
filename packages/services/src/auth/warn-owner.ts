import { authLimits } from "@tintype/core/auth";
import { DomainError } from "@tintype/core/problems";
import type { UserRow } from "@tintype/db/schema";
import type { AuthContext } from "./auth-context.ts";
import { type Attempt, countAttempt } from "./throttle.ts";
import { warningCounter } from "./throttle-counters.ts";

type Tried = { user: UserRow | undefined; email: string; attempt: Attempt };

/**
 * Writes to the owner once strangers have tried many wrong passwords, at most once a day. For an address without an
 * account the same is counted, and nobody is written to.
 */
export async function warnOwner(ctx: AuthContext, { user, email, attempt }: Tried): Promise<void> {
  const [, ofStrangers = 0] = attempt.counts;
  if (ofStrangers < authLimits.triesOfStrangers) return;
  if (!(await isFirstToday(ctx, email)) || !user) return;
  const { id: userId, email: to, locale } = user;
  await ctx.db.transaction((tx) =>
    ctx.mail.enqueue(tx, { kind: "sign_in_attempts", userId, to, locale }),
  );
}

async function isFirstToday(ctx: AuthContext, email: string): Promise<boolean> {
  try {
    await countAttempt(ctx.db, [warningCounter(email)], ctx.now());
    return true;
  } catch (error) {
    if (error instanceof DomainError && error.problem.code === "too_many_attempts") return false;
    throw error;
  }
}
