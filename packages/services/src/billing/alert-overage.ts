import { crossedPercents, OVERAGE_ALERT_PERCENTS } from "@tintype/core/overage-alerts";
import type { Tx } from "@tintype/db/client";
import { overageAlerts, userPreferences } from "@tintype/db/schema";
import { and, eq, type SQL, sql } from "drizzle-orm";
import type { ServiceContext, SystemActor } from "../context.ts";
import { forEachUser } from "../each-user.ts";
import { readAddressee } from "../mail/addressee.ts";
import { claimWallet } from "./lock-wallet.ts";

const PER_ROUND = 200;
type Context = ServiceContext<SystemActor>;

/**
 * For the schedule: tells users by letter when half, four fifths and all of their limit beyond the wallet is used, once
 * for each crossing of each limit in a period. The note and the letter are one transaction under the wallet's lock, so
 * any number of processes may do this at once. @returns how many were told
 */
export async function alertOverage(ctx: Context): Promise<number> {
  const now = sql`${ctx.now().toISOString()}::timestamptz`;
  // Whoever has been told of the highest mark that is reached is not looked at again.
  const crossed = await ctx.db.execute<{ user_id: string }>(sql`
    select p.user_id from user_preferences p, lateral overage_used_cents(p.user_id, ${now}) used
    where p.overage_limit_cents > 0 and used * 100 >= p.overage_limit_cents * ${OVERAGE_ALERT_PERCENTS[0]}
      and not exists (
        select from overage_alerts a
        where a.user_id = p.user_id and a.limit_cents = p.overage_limit_cents
          and a.noted_at >= overage_period_start(p.user_id, ${now})
          and a.percent = (
            select max(mark) from unnest(array[${sql.raw(OVERAGE_ALERT_PERCENTS.join(", "))}]) mark
            where used * 100 >= p.overage_limit_cents * mark
          )
      )
    limit ${PER_ROUND}`);
  return forEachUser(
    crossed.map(({ user_id: userId }) => userId),
    (userId) => tell(ctx, userId),
  );
}

/** By time, as what is used is counted: a plan that ends changes the period's name and tells nothing new. */
async function knownPercents(
  tx: Tx,
  userId: string,
  limitCents: number,
  now: SQL,
): Promise<Set<number>> {
  const rows = await tx
    .select({ percent: overageAlerts.percent })
    .from(overageAlerts)
    .where(
      and(
        eq(overageAlerts.userId, userId),
        eq(overageAlerts.limitCents, limitCents),
        sql`${overageAlerts.notedAt} >= overage_period_start(${userId}::uuid, ${now})`,
      ),
    );
  return new Set(rows.map(({ percent }) => percent));
}

const tell = (ctx: Context, userId: string): Promise<boolean> =>
  ctx.db.transaction(async (tx) => {
    if (!(await claimWallet(tx, userId))) return false;
    const now = sql`${ctx.now().toISOString()}::timestamptz`;
    const [state] = await tx
      .select({
        limitCents: userPreferences.overageLimitCents,
        usedCents: sql`overage_used_cents(${userId}::uuid, ${now})`.mapWith(Number),
        periodReference: sql<string>`overage_period_of(${userId}::uuid, ${now})`,
      })
      .from(userPreferences)
      .where(eq(userPreferences.userId, userId));
    if (!state || state.limitCents === null) return false;
    const { limitCents, usedCents, periodReference } = state;
    const known = await knownPercents(tx, userId, limitCents, now);
    const crossed = crossedPercents(usedCents, limitCents).filter((each) => !known.has(each));
    // Somebody has told it, has raised the limit, or has been given back what was promised.
    if (crossed.length === 0) return false;
    const noted = await tx
      .insert(overageAlerts)
      .values(
        crossed.map((percent) => ({
          ...{ userId, periodReference, limitCents, percent, notedAt: ctx.now() },
        })),
      )
      .onConflictDoNothing({
        target: [
          ...[overageAlerts.userId, overageAlerts.periodReference],
          ...[overageAlerts.limitCents, overageAlerts.percent],
        ],
      })
      .returning({ percent: overageAlerts.percent });
    if (noted.length === 0) return false;
    const { wantsNotices, ...addressee } = await readAddressee(tx, userId);
    if (!wantsNotices) return false;
    // Several at once, after one large job: the highest says it all.
    const percent = Math.max(...noted.map((each) => each.percent));
    await ctx.mail.enqueue(tx, {
      ...{ kind: "overage_alert", ...addressee, percent, usedCents, limitCents },
    });
    return true;
  });
