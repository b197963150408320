import { LOW_BALANCE_CREDITS } from "@tintype/core/overage-alerts";
import { spendableOfUser } from "@tintype/db/credit-functions";
import { creditEvents, lowBalanceNotices, wallets } from "@tintype/db/schema";
import { and, lt, sql } from "drizzle-orm";
import { claimWallet } from "../billing/lock-wallet.ts";
import type { ServiceContext, SystemActor } from "../context.ts";
import { forEachUser } from "../each-user.ts";
import { readAddressee } from "../mail/addressee.ts";

const PER_ROUND = 200;
const RECENT_MS = 24 * 3_600_000;
/** However often credits come and go. */
const QUIET_MS = 24 * 3_600_000;
type Context = ServiceContext<SystemActor>;

/**
 * For the schedule: tells whoever has used credits within a day and has few left, once until the next ones come; not
 * whom a refund or a dispute has left with few, who has a letter about that. The
 * note and the letter are one transaction under the wallet's lock, so any number of processes may do this at once.
 * @returns how many were told
 */
export async function alertLowBalance(ctx: Context): Promise<number> {
  const now = ctx.now();
  const since = new Date(now.getTime() - RECENT_MS).toISOString();
  const quiet = new Date(now.getTime() - QUIET_MS).toISOString();
  // The wallet counts what has expired as well, so it is swept before it looks low here.
  const low = await ctx.db
    .select({ userId: wallets.userId })
    .from(wallets)
    .where(
      and(
        lt(wallets.available, LOW_BALANCE_CREDITS),
        sql`${wallets.updatedAt} >= ${since}`,
        sql`exists (
          select from ${creditEvents} where ${creditEvents.userId} = ${wallets.userId}
            and ${creditEvents.kind} = 'hold' and ${creditEvents.createdAt} >= ${since}
            and ${creditEvents.seq} > coalesce((
              select max(taken.seq) from credit_events taken
              where taken.user_id = ${wallets.userId} and taken.kind in ('clawback', 'freeze')
            ), 0)
        )`,
        sql`not exists (
          select from ${lowBalanceNotices} n where n.user_id = ${wallets.userId} and (
            n.noted_at >= ${quiet} or not exists (
              select from ${creditEvents} where ${creditEvents.userId} = n.user_id
                and ${creditEvents.kind} = 'grant' and ${creditEvents.createdAt} > n.noted_at
            )
          )
        )`,
      ),
    )
    .limit(PER_ROUND);
  return forEachUser(
    low.map(({ userId }) => userId),
    (userId) => tell(ctx, userId),
  );
}

const tell = (ctx: Context, userId: string): Promise<boolean> =>
  ctx.db.transaction(async (tx) => {
    if (!(await claimWallet(tx, userId))) return false;
    const now = ctx.now();
    const { available } = await spendableOfUser(tx, { userId, now });
    if (available >= LOW_BALANCE_CREDITS) return false;
    const noted = await tx
      .insert(lowBalanceNotices)
      .values({ userId, notedAt: now })
      .onConflictDoUpdate({
        target: lowBalanceNotices.userId,
        set: { notedAt: now },
        // Somebody else has told it between our look and our lock.
        setWhere: lt(lowBalanceNotices.notedAt, new Date(now.getTime() - QUIET_MS)),
      })
      .returning({ userId: lowBalanceNotices.userId });
    const { wantsNotices, ...addressee } = await readAddressee(tx, userId);
    if (noted.length === 0 || !wantsNotices) return false;
    await ctx.mail.enqueue(tx, { kind: "low_balance", ...addressee, available });
    return true;
  });
