import type { SignInInput } from "@tintype/core/auth";
import { DomainError } from "@tintype/core/problems";
import { type UserRow, users } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { type AuthContext, beginSession, type SignedIn } from "./auth-context.ts";
import { knownDevice } from "./known-devices.ts";
import { type Attempt, countAttempt, forgiveAttempt, resetCounter } from "./throttle.ts";
import {
  type Counter,
  deviceCounter,
  pairCounter,
  signedInCounters,
  strangerCounters,
} from "./throttle-counters.ts";
import { warnOwner } from "./warn-owner.ts";

/**
 * Answers the same, after the same work, whether the account does not exist or the password is wrong. A browser that
 * has signed in to the account before has a count of its own: no stranger can lock the owner out.
 * @throws DomainError invalid_credentials | too_many_attempts
 * @throws OutageError busy
 */
export async function signIn(ctx: AuthContext, input: SignInInput): Promise<SignedIn> {
  const { email, password } = input;
  const [user] = await ctx.db.select().from(users).where(eq(users.email, email));
  const device = knownDevice(user, ctx.cookieHeader);
  const counters = device === null ? strangerCounters(email, ctx.address) : [deviceCounter(device)];
  const attempt = await countAttempt(ctx.db, counters, ctx.now());
  const matches = await verify(ctx, attempt, { user, password, turn: device ?? ctx.address });
  if (!user || !matches) {
    if (device === null) await warnOwner(ctx, { user, email, attempt });
    throw new DomainError({ code: "invalid_credentials" });
  }
  await countAttempt(ctx.db, signedInCounters(user.id, ctx.address), ctx.now());
  const signedIn = await ctx.db.transaction(async (tx) => {
    const [current] = await tx.select().from(users).where(eq(users.id, user.id)).for("share");
    ensureUnchanged(current, user);
    return beginSession(ctx, tx, current);
  });
  await forgive(ctx, attempt, device === null ? pairCounter(email, ctx.address) : counters[0]);
  return signedIn;
}

/** What the queue had no place for was no attempt. */
async function verify(
  { db, passwords }: AuthContext,
  attempt: Attempt,
  { user, password, turn }: { user: UserRow | undefined; password: string; turn: string },
): Promise<boolean> {
  try {
    return await passwords.verify(user?.passwordHash, password, turn);
  } catch (error) {
    await forgiveAttempt(db, attempt);
    throw error;
  }
}

/**
 * The password may have been changed while the old one was being checked; the row lock makes the new
 * session either come before the change, which then ends it, or see that it came too late.
 */
function ensureUnchanged(
  current: UserRow | undefined,
  checked: UserRow,
): asserts current is UserRow {
  if (current?.passwordHash !== checked.passwordHash) {
    throw new DomainError({ code: "invalid_credentials" });
  }
}

/** The right password shows whose the wrong ones before it were: only those of this browser, or from this address. */
async function forgive({ db }: AuthContext, attempt: Attempt, own: Counter | undefined) {
  await forgiveAttempt(db, attempt);
  if (own) await resetCounter(db, own);
}
