import { type BillingNews, oneLetterAMonth } from "@tintype/core/billing-news";
import type { Tx } from "@tintype/db/client";
import { paidPeriods } from "@tintype/db/schema";
import { and, asc, eq, isNotNull, lte, sql } from "drizzle-orm";
import type { ServiceContext, SystemActor } from "../context.ts";
import { concludeRounds, type Round, roundOf } from "../each-user.ts";
import { postNews } from "../mail/post-news.ts";
import { grantDueMonths } from "./grant-months.ts";
import { claimWallet } from "./lock-wallet.ts";

const USERS_PER_ROUND = 200;

/**
 * For the schedule: the next month of annual plans, user by user, each in a transaction of its own. Any number of
 * processes may do this at once: who comes second to a wallet passes it by. @returns how many users got something
 * @throws AggregateError at the end of the round: one broken subscription keeps nobody else waiting
 */
export const grantDueAllowances = async (ctx: ServiceContext<SystemActor>): Promise<number> =>
  concludeRounds(await allowanceRound(ctx));

/** The same, for whoever has more to do afterwards: failures are in the answer. */
export async function allowanceRound(ctx: ServiceContext<SystemActor>): Promise<Round> {
  const now = ctx.now();
  const due = await ctx.db
    .selectDistinct({ userId: paidPeriods.userId })
    .from(paidPeriods)
    .where(and(isNotNull(paidPeriods.nextGrantAt), lte(paidPeriods.nextGrantAt, now)))
    .limit(USERS_PER_ROUND);
  return roundOf(
    due.map(({ userId }) => userId),
    async (userId) => {
      const granted = await ctx.db.transaction((tx) => grantDueOf(ctx, tx, userId));
      if (granted) ctx.signals.userChanged(userId);
      return granted;
    },
  );
}

/** The wallet is the claim: it is the first lock of every billing event too, so no two wait for each other. */
async function grantDueOf(
  ctx: ServiceContext<SystemActor>,
  tx: Tx,
  userId: string,
): Promise<boolean> {
  const now = ctx.now();
  if (!(await claimWallet(tx, userId))) return false;
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
    // By code, as `creditsToCome` counts: another order would grant other shares than were counted on.
    .orderBy(asc(paidPeriods.nextGrantAt), sql`${paidPeriods.reference} collate "C"`);
  const news: BillingNews[] = [];
  for (const line of lines) news.push(...(await grantDueMonths(tx, line, now)));
  const running = lines.findLast(({ changedAt }) => changedAt !== null) ?? lines[0];
  if (running) await postNews(ctx, tx, userId, oneLetterAMonth(news, running.planCode));
  return lines.length > 0;
}
