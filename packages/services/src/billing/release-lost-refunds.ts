import type { Tx } from "@tintype/db/client";
import { payments } from "@tintype/db/schema";
import { and, isNotNull, lte } from "drizzle-orm";
import type { ServiceContext, SystemActor } from "../context.ts";
import { roundOf } from "../each-user.ts";
import { lockWallet } from "./lock-wallet.ts";
import { type KnownPayment, readPayments } from "./payment-states.ts";
import { forgetRefund, isAwaited, releaseRefund } from "./promised-refunds.ts";
import type { RefundContext } from "./refund-orders.ts";

/** An hour after the key was forgotten: whoever was asking then has had an answer, or none. */
const LOST_MS = 21 * 3_600_000;

type Context = ServiceContext<SystemActor> & Pick<RefundContext, "refunds">;
type Lost = { userId: string; paymentReference: string; cents: number };

/**
 * For the schedule: gives back the credits of refunds that nobody asks for any more, should the queue have lost their
 * order or its worker have died over it. What the provider has stays taken, however late it is told. Each user under
 * the wallet's lock, so any number of processes may do this at once.
 * @returns what was given up, for a person, and why it failed for others
 */
export async function releaseLostRefunds(
  ctx: Context,
): Promise<{ released: Lost[]; failures: readonly Error[] }> {
  const since = new Date(ctx.now().getTime() - LOST_MS);
  const waiting = await ctx.db
    .selectDistinct({ userId: payments.userId })
    .from(payments)
    .where(and(isNotNull(payments.refundOrderedCents), lte(payments.refundOrderedAt, since)));
  const released: Lost[] = [];
  const { failures } = await roundOf(
    waiting.map(({ userId }) => userId),
    async (userId) => {
      const lost = await releaseOf(ctx, userId, since);
      if (lost.length > 0) ctx.signals.userChanged(userId);
      released.push(...lost);
      return lost.length > 0;
    },
  );
  return { released, failures };
}

const releaseOf = (ctx: Context, userId: string, since: Date): Promise<Lost[]> =>
  ctx.db.transaction(async (tx) => {
    await lockWallet(tx, userId, ctx.now());
    const lost: Lost[] = [];
    for (const payment of (await readPayments(tx, userId)).values()) {
      const { refundOrderedCents: cents, refundOrderedAt } = payment;
      if (cents === null || refundOrderedAt === null || refundOrderedAt > since) continue;
      if (await releaseUnlessAnswered(ctx, tx, userId, payment)) {
        lost.push({ userId, paymentReference: payment.reference, cents });
      }
    }
    return lost;
  });

async function releaseUnlessAnswered(
  { refunds, now }: Context,
  tx: Tx,
  userId: string,
  payment: KnownPayment,
): Promise<boolean> {
  const open = await refunds.listOpen(tx, payment.reference);
  const isOurs = (order: Parameters<typeof isAwaited>[0]) => isAwaited(order, payment);
  if (open.some((order) => order.isAnswered && isOurs(order))) return false;
  const order = open.find(isOurs) ?? (await refunds.listEnded(tx, payment.reference)).find(isOurs);
  if (order) await releaseRefund(tx, order, now());
  else await forgetRefund(tx, userId, payment, now());
  return true;
}
