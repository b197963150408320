import type { DueRound } from "@tintype/core/billing-preferences";
import { paidPeriods } from "@tintype/db/schema";
import { and, eq, gt, lte } from "drizzle-orm";
import type { AdminActor, ServiceContext, SystemActor } from "../context.ts";
import { forEachUser } from "../each-user.ts";
import { grantDueAllowances } from "./grant-due-allowances.ts";
import { lockWallet, walletVersion } from "./lock-wallet.ts";
import { rollOverMonthsOf } from "./roll-over.ts";

/** Rounds of one call: 200 users each, far more than fall due between two. */
const MAX_ROUNDS = 50;
/** A renewal that is told later than this rolls over by itself when it comes. */
const LOOK_BACK_MS = 40 * 86_400_000;

/**
 * Everything that is due now: the next month of annual plans, and what is left of months that have ended and were
 * followed by a paid one. The schedule does the same by itself; this is for whoever wants it done now. Again: nothing.
 */
export async function rollOverDue(
  ctx: ServiceContext<SystemActor | AdminActor>,
): Promise<DueRound> {
  const system = { ...ctx, actor: { kind: "system", name: "rollover" } } as const;
  let granted = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const users = await grantDueAllowances(system);
    granted += users;
    if (users === 0) break;
  }
  return { granted, rolledOver: await rollOverEnded(system) };
}

async function rollOverEnded(ctx: ServiceContext<SystemActor>): Promise<number> {
  const now = ctx.now();
  const ended = await ctx.db
    .selectDistinct({ userId: paidPeriods.userId })
    .from(paidPeriods)
    .where(
      and(
        lte(paidPeriods.startsAt, now),
        gt(paidPeriods.endsAt, new Date(now.getTime() - LOOK_BACK_MS)),
      ),
    );
  return forEachUser(
    ended.map(({ userId }) => userId),
    async (userId) => {
      const moved = await ctx.db.transaction(async (tx) => {
        const before = await lockWallet(tx, userId, now);
        const lines = await tx
          .selectDistinct({ reference: paidPeriods.paymentReference })
          .from(paidPeriods)
          .where(
            and(
              eq(paidPeriods.userId, userId),
              gt(paidPeriods.endsAt, new Date(now.getTime() - LOOK_BACK_MS)),
            ),
          );
        for (const { reference } of lines) await rollOverMonthsOf(tx, userId, reference, now);
        return (await walletVersion(tx, userId)) !== before;
      });
      if (moved) ctx.signals.userChanged(userId);
      return moved;
    },
  );
}
