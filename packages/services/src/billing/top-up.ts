import { randomUUID } from "node:crypto";
import type { Pack } from "@tintype/core/catalogue";
import { decideTopUp, monthOfTopUps, TOP_UP_BURST, type TopUpDecision } from "@tintype/core/top-up";
import type { Tx } from "@tintype/db/client";
import { spendableOfUser } from "@tintype/db/credit-functions";
import { packs, topUps, userPreferences, wallets } from "@tintype/db/schema";
import { and, asc, eq, gte, inArray, isNotNull, lt, lte, or, sql } from "drizzle-orm";
import type { SystemActor } from "../context.ts";
import { concludeRounds, roundOf } from "../each-user.ts";
import { askTopUp } from "./ask-top-up.ts";
import { claimWallet } from "./lock-wallet.ts";
import type { PaymentContext } from "./payment-context.ts";

const PER_ROUND = 100;
type Context = PaymentContext<SystemActor>;

/**
 * For the schedule: buys packs for those who want it so and whose balance has fallen below their mark, and asks again
 * about purchases of which it is not known what became. Any number of processes may do this at once.
 * @returns how many purchases the provider has answered
 * @throws AggregateError at the end of the round: one broken user keeps no other waiting
 */
export async function buyTopUps(ctx: Context): Promise<number> {
  if (!ctx.payments) return 0;
  const reserved = await roundOf(
    await usersBelowTheirMark(ctx),
    async (userId) => (await reserveTopUp(ctx, userId)) === "due",
  );
  const waiting = await ctx.db
    .select({ id: topUps.id })
    .from(topUps)
    .where(lte(topUps.nextAttemptAt, ctx.now()))
    .orderBy(asc(topUps.nextAttemptAt))
    .limit(PER_ROUND);
  const asked = await roundOf(
    waiting.map(({ id }) => id),
    (id) => askTopUp(ctx, id),
  );
  concludeRounds(reserved, asked);
  return asked.done;
}

/**
 * Those who may be due. The wallet counts what has expired as well, so a few more are looked at than are; whoever is
 * decided already for long (in debt, paused, at the cap) is left out, or they would be locked in every round.
 */
async function usersBelowTheirMark({ db, now }: Context): Promise<string[]> {
  const month = monthOfTopUps(now()).toISOString();
  const low = await db
    .select({ userId: userPreferences.userId })
    .from(userPreferences)
    .innerJoin(wallets, eq(wallets.userId, userPreferences.userId))
    .innerJoin(packs, and(eq(packs.code, userPreferences.topUpPackCode), eq(packs.active, true)))
    .where(
      and(
        isNotNull(userPreferences.topUpEnabledAt),
        lt(wallets.available, userPreferences.topUpThresholdCredits),
        eq(wallets.owed, 0),
        sql`${userPreferences.spendScope} in ('all', 'all_and_overage')`,
        sql`not exists (
          select from ${topUps} where ${topUps.userId} = ${userPreferences.userId} and (
            ${topUps.status} in ('asking', 'charged')
            or (${topUps.status} = 'declined' and ${topUps.askedAt} >= ${userPreferences.topUpEnabledAt})
          )
        )`,
        sql`${packs.priceCents} + coalesce((
          select sum(${topUps.priceCents}) from ${topUps} where ${topUps.userId} = ${userPreferences.userId}
            and ${topUps.status} <> 'declined' and ${topUps.askedAt} >= ${month}
        ), 0) <= ${userPreferences.topUpMonthlyCapCents}`,
      ),
    );
  return low.map(({ userId }) => userId);
}

/**
 * Decides under the wallet's lock and writes the purchase down before anybody is asked for money, so that what is under
 * way counts for whoever comes next. @returns what was decided; "busy" when somebody else is at this wallet
 */
export const reserveTopUp = (ctx: Context, userId: string): Promise<TopUpDecision | "busy"> =>
  ctx.db.transaction(async (tx) => {
    const wallet = await claimWallet(tx, userId);
    if (!wallet) return "busy";
    const now = ctx.now();
    const [settings] = await tx
      .select({
        enabledAt: userPreferences.topUpEnabledAt,
        thresholdCredits: userPreferences.topUpThresholdCredits,
        monthlyCapCents: userPreferences.topUpMonthlyCapCents,
        packCode: userPreferences.topUpPackCode,
      })
      .from(userPreferences)
      .where(eq(userPreferences.userId, userId));
    if (!settings?.enabledAt) return "off";
    const pack = await findPack(tx, settings.packCode);
    const { available: usable, scope } = await spendableOfUser(tx, { userId, now });
    const attempts = await attemptsThatCount(tx, userId, settings.enabledAt, now);
    const decision = decideTopUp({
      ...{ settings, pack, scope, attempts, now, wallet: { usable, owed: wallet.owed } },
    });
    if (decision !== "due" || !pack) return decision;
    await tx.insert(topUps).values({
      ...{ userId, id: randomUUID(), packCode: pack.code, credits: pack.credits },
      ...{ priceCents: pack.priceCents, askedAt: now, nextAttemptAt: now, updatedAt: now },
    });
    return decision;
  });

async function findPack(tx: Tx, code: string | null): Promise<Pack | null> {
  if (code === null) return null;
  const [row] = await tx
    .select()
    .from(packs)
    .where(and(eq(packs.code, code), eq(packs.active, true)));
  if (!row) return null;
  const { name, credits, priceCents } = row;
  return { code, name, credits, priceCents, currency: "usd" };
}

/** Whatever the decision looks at: this month, the last minutes, since it was turned on, and what is under way. */
function attemptsThatCount(tx: Tx, userId: string, enabledAt: Date, now: Date) {
  const since = Math.min(
    ...[monthOfTopUps(now).getTime(), now.getTime() - TOP_UP_BURST.withinMs, enabledAt.getTime()],
  );
  const isRecent = gte(topUps.askedAt, new Date(since));
  return tx
    .select({ status: topUps.status, askedAt: topUps.askedAt, priceCents: topUps.priceCents })
    .from(topUps)
    .where(
      and(eq(topUps.userId, userId), or(isRecent, inArray(topUps.status, ["asking", "charged"]))),
    );
}
