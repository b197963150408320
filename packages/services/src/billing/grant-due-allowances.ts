import type { Tx } from "@tintype/db/client";
import { paidPeriods, wallets } from "@tintype/db/schema";
import { and, asc, eq, isNotNull, lte } from "drizzle-orm";
import type { ServiceContext, SystemActor } from "../context.ts";
import { forEachUser } from "../each-user.ts";
import { grantDueMonths } from "./grant-months.ts";

const USERS_PER_ROUND = 200;

/**
 * For the schedule: the next month of annual plans, user by user, each in a transaction of its own. Any number of
 * processes may do this at once: who comes second to a wallet passes it by. @returns how many users got something
 * @throws AggregateError at the end of the round: one broken subscription keeps nobody else waiting
 */
export async function grantDueAllowances(ctx: ServiceContext<SystemActor>): Promise<number> {
  const now = ctx.now();
  const due = await ctx.db
    .selectDistinct({ userId: paidPeriods.userId })
    .from(paidPeriods)
    .where(and(isNotNull(paidPeriods.nextGrantAt), lte(paidPeriods.nextGrantAt, now)))
    .limit(USERS_PER_ROUND);
  return forEachUser(
    due.map(({ userId }) => userId),
    async (userId) => {
      const granted = await ctx.db.transaction((tx) => grantDueOf(tx, userId, now));
      if (granted) ctx.signals.userChanged(userId);
      return granted;
    },
  );
}

/** The wallet is the claim: it is the first lock of every billing event too, so no two wait for each other. */
async function grantDueOf(tx: Tx, userId: string, now: Date): Promise<boolean> {
  const claimed = await tx
    .select({ userId: wallets.userId })
    .from(wallets)
    .where(eq(wallets.userId, userId))
    .for("update", { skipLocked: true });
  if (claimed.length === 0) return false;
  const lines = await tx
    .select()
    .from(paidPeriods)
    .where(
      and(
        eq(paidPeriods.userId, userId),
        isNotNull(paidPeriods.nextGrantAt),
        lte(paidPeriods.nextGrantAt, now),
      ),
    )
    .orderBy(asc(paidPeriods.nextGrantAt), asc(paidPeriods.reference));
  for (const line of lines) await grantDueMonths(tx, line, now);
  return lines.length > 0;
}
