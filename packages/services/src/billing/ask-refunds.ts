import type { RefundOrderState } from "@tintype/core/refunds";
import type { SystemActor } from "../context.ts";
import { concludeRounds, roundOf } from "../each-user.ts";
import { askForRefund, giveUpRefund } from "./order-refund.ts";
import { type PaymentContext, paymentsOf } from "./payment-context.ts";
import {
  answerRefundOrder,
  claimRefundOrder,
  findRefundOrder,
  isKeyExpired,
  listDueRefundOrders,
  type RefundOrder,
} from "./refund-orders.ts";

type Context = PaymentContext<SystemActor>;

/**
 * For the schedule: asks again for refunds whose answer was lost, until the provider has them, a webhook has reported
 * them or their key has expired. Each is claimed in one statement and asked for outside of any transaction, so any number
 * of processes may do this at once, and what one leaves behind when it dies is another's at the next attempt.
 * @returns the orders that were asked for or given up, with where they stand now
 * @throws AggregateError at the end of the round: one that fails keeps no other waiting
 */
export async function askDueRefunds(ctx: Context): Promise<RefundOrder[]> {
  if (!ctx.payments) return [];
  const due = await listDueRefundOrders(ctx.db, ctx.now());
  const byRequest = new Map(due.map((order) => [`${order.userId} ${order.requestId}`, order]));
  const asked: RefundOrder[] = [];
  const round = await roundOf([...byRequest.keys()], async (key) => {
    const order = byRequest.get(key);
    if (!order || !(await claimRefundOrder(ctx.db, order, ctx.now()))) return false;
    const state = await retryRefund(ctx, order);
    if (state === "refused" || state === "key_expired") ctx.signals.userChanged(order.userId);
    asked.push({ ...order, state });
    return true;
  });
  concludeRounds(round);
  return asked;
}

/**
 * What will not come gives back the credits it had taken.
 * @returns where the order stands: `ordered` while nothing is known
 */
export async function retryRefund(
  ctx: Pick<Context, "db" | "payments" | "now">,
  order: RefundOrder,
): Promise<RefundOrderState> {
  const known = await findRefundOrder(ctx.db, order.userId, order.requestId);
  if (known?.state !== "ordered") return known?.state ?? "confirmed";
  const outcome = isKeyExpired(order, ctx.now())
    ? "key_expired"
    : await askForRefund(paymentsOf(ctx), order);
  if (outcome === "unknown") return "ordered";
  if (outcome === "accepted") await answerRefundOrder(ctx.db, order, outcome, ctx.now());
  else await giveUpRefund(ctx, order, outcome);
  return outcome;
}
