import type { DueRound } from "@tintype/core/billing-preferences";
import { creditGrants, paidPeriods } from "@tintype/db/schema";
import { and, eq, gt, lte, sql } from "drizzle-orm";
import type { AdminActor, ServiceContext, SystemActor } from "../context.ts";
import { concludeRounds, type Round, roundOf } from "../each-user.ts";
import { allowanceRound } from "./grant-due-allowances.ts";
import { lockWallet, walletVersion } from "./lock-wallet.ts";
import { rollOverMonthsOf } from "./roll-over.ts";

/** Rounds of one call: 200 users each, far more than fall due between two. */
const MAX_ROUNDS = 50;
/** A renewal that is told later than this rolls over by itself when it comes. */
const LOOK_BACK_MS = 40 * 86_400_000;

/**
 * Everything that is due now: the next month of annual plans, and what is left of months that have ended and were
 * followed by a paid one. The schedule does the same by itself; this is for whoever wants it done now. Again: nothing.
 * @throws AggregateError after both halves: a user whose step fails keeps nobody else from theirs
 */
export async function rollOverDue(
  ctx: ServiceContext<SystemActor | AdminActor>,
): Promise<DueRound> {
  const system = { ...ctx, actor: { kind: "system", name: "rollover" } } as const;
  const allowances = await allGrantRounds(system);
  const rollovers = await rollOverEnded(system);
  concludeRounds(allowances, rollovers);
  return { granted: allowances.done, rolledOver: rollovers.done };
}

/** Until a round finds nobody it can help. Whoever fails is due again in each, so the last one has them all. */
async function allGrantRounds(ctx: ServiceContext<SystemActor>): Promise<Round> {
  let done = 0;
  let last = await allowanceRound(ctx);
  for (let round = 1; round < MAX_ROUNDS && last.done > 0; round += 1) {
    done += last.done;
    last = await allowanceRound(ctx);
  }
  done += last.done;
  return { done, failures: last.failures, users: done + last.failures.length };
}

/**
 * Only those of whom an allowance can still be waiting: they alone are locked. It has something left, it has not rolled
 * over, and another one has followed. What is told late is good for 72 hours after its period, never longer.
 */
const usersWithRemainders = ({ db }: ServiceContext, now: Date) =>
  db
    .selectDistinct({ userId: paidPeriods.userId })
    .from(paidPeriods)
    .where(
      and(
        lte(paidPeriods.startsAt, now),
        gt(paidPeriods.endsAt, lookBack(now)),
        sql`exists (
          select from ${creditGrants} g where g.user_id = ${paidPeriods.userId} and g.source = 'allowance'
            and g.available + g.expired > 0 and g.expires_at <= ${now.toISOString()}::timestamptz + interval '72 hours'
            and not exists (
              select from ${creditGrants} r where r.user_id = g.user_id and r.rolled_over_from = g.id
            )
            and exists (
              select from ${creditGrants} n where n.user_id = g.user_id and n.source = 'allowance' and n.id <> g.id
                and n.expires_at >= g.expires_at
            )
        )`,
      ),
    );

const lookBack = (now: Date): Date => new Date(now.getTime() - LOOK_BACK_MS);

async function rollOverEnded(ctx: ServiceContext<SystemActor>): Promise<Round> {
  const now = ctx.now();
  const ended = await usersWithRemainders(ctx, now);
  return roundOf(
    ended.map(({ userId }) => userId),
    (userId) => rollOverOf(ctx, userId, now),
  );
}

async function rollOverOf(
  ctx: ServiceContext<SystemActor>,
  userId: string,
  now: Date,
): Promise<boolean> {
  const moved = await ctx.db.transaction(async (tx) => {
    const before = await lockWallet(tx, userId, now);
    const lines = await tx
      .selectDistinct({ reference: paidPeriods.paymentReference })
      .from(paidPeriods)
      .where(and(eq(paidPeriods.userId, userId), gt(paidPeriods.endsAt, lookBack(now))));
    for (const { reference } of lines) await rollOverMonthsOf(tx, userId, reference, now);
    return (await walletVersion(tx, userId)) !== before;
  });
  if (moved) ctx.signals.userChanged(userId);
  return moved;
}
