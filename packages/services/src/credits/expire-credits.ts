import { expireCredits } from "@tintype/db/credit-functions";
import { creditGrants } from "@tintype/db/schema";
import { and, gt, isNotNull, lte } from "drizzle-orm";
import type { ServiceContext, SystemActor } from "../context.ts";
import { forEachUser } from "../each-user.ts";

/** More than this in one round can wait for the next; spending does not depend on the sweep. */
const USERS_PER_ROUND = 200;

/**
 * For the schedule: writes down what has run out, user by user, each in a transaction of its own. Nobody could
 * spend it any more since the moment it expired; this makes the wallet and the history say so.
 * Any number of processes may do this at once. @returns how many users were touched
 * @throws AggregateError when it failed for some; the others are done
 */
export async function sweepExpiredCredits(ctx: ServiceContext<SystemActor>): Promise<number> {
  const now = ctx.now();
  const due = await ctx.db
    .selectDistinct({ userId: creditGrants.userId })
    .from(creditGrants)
    .where(
      and(
        gt(creditGrants.available, 0),
        isNotNull(creditGrants.expiresAt),
        lte(creditGrants.expiresAt, now),
      ),
    )
    .limit(USERS_PER_ROUND);
  return forEachUser(
    due.map(({ userId }) => userId),
    async (userId) => {
      await expireCredits(ctx.db, { userId, now });
      ctx.signals.userChanged(userId);
      return true;
    },
  );
}
