import { noteExpiryNotices } from "@tintype/db/notice-functions";
import { userPreferences, users } from "@tintype/db/schema";
import { eq, sql } from "drizzle-orm";
import type { ServiceContext, SystemActor } from "../context.ts";
import { forEachUser } from "../each-user.ts";

/** More than this in one round can wait for the next: the letters have days. */
const USERS_PER_ROUND = 500;

/**
 * For the schedule: tells users by letter, 30, 7 and 1 days before, that credits they paid for expire. One letter
 * a user and round, about all that is due. The note that it was said and the letter in the outbox are one
 * transaction, so any number of processes may do this at once and none says it twice. @returns how many were told
 * @throws AggregateError when it failed for some; the others are told
 */
export async function sendExpiryNotices(ctx: ServiceContext<SystemActor>): Promise<number> {
  const now = ctx.now();
  const due = await ctx.db.execute<{ user_id: string }>(
    sql`select distinct user_id from due_expiry_notices(null, ${now.toISOString()}::timestamptz)
        order by user_id limit ${USERS_PER_ROUND}`,
  );
  return forEachUser(
    due.map((row) => row.user_id),
    (userId) => tell(ctx, userId, now),
  );
}

function tell(ctx: ServiceContext<SystemActor>, userId: string, now: Date): Promise<boolean> {
  return ctx.db.transaction(async (tx) => {
    const expiring = await noteExpiryNotices(tx, { userId, now });
    if (expiring.length === 0) return false;
    const [user] = await tx
      .select({
        to: users.email,
        locale: users.locale,
        timeZone: sql<string>`coalesce(${userPreferences.timeZone}, 'UTC')`,
      })
      .from(users)
      .leftJoin(userPreferences, eq(userPreferences.userId, users.id))
      .where(eq(users.id, userId));
    if (!user) throw new Error(`user ${userId} has credits and no account`);
    await ctx.mail.enqueue(tx, { kind: "credits_expire", userId, ...user, expiring });
    return true;
  });
}
