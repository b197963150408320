import type { Db } from "@tintype/db/client";
import { emailVerificationTokens, passwordResetTokens, sessions } from "@tintype/db/schema";
import { lte } from "drizzle-orm";
import { sweepAttempts } from "./throttle.ts";

/** For the schedule: removes what has expired. Nothing depends on it but the size of the tables. */
export async function sweepAuth({ db, now }: { db: Db; now: () => Date }): Promise<void> {
  const at = now();
  await db.delete(sessions).where(lte(sessions.expiresAt, at));
  await db.delete(passwordResetTokens).where(lte(passwordResetTokens.expiresAt, at));
  await db.delete(emailVerificationTokens).where(lte(emailVerificationTokens.expiresAt, at));
  await sweepAttempts(db, at);
}
