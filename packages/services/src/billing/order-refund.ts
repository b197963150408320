import { DomainError } from "@tintype/core/problems";
import type { RefundAnswer } from "@tintype/core/refunds";
import type { Tx } from "@tintype/db/client";
import type { PaymentProvider } from "@tintype/integrations/payments/payments";
import type { Actor } from "../context.ts";
import { lockWallet } from "./lock-wallet.ts";
import { paymentsOf } from "./payment-context.ts";
import type { KnownPayment } from "./payment-states.ts";
import { awaitedOf, isAwaited, promiseRefund, releaseRefund } from "./promised-refunds.ts";
import {
  isKeyForgotten,
  type OpenRefundOrder,
  type RefundContext,
  type RefundOrder,
} from "./refund-orders.ts";
import { getRefundable, type Refundable } from "./refundable.ts";

type Wish = Pick<
  RefundOrder,
  "userId" | "paymentReference" | "requestId" | "orderedBy" | "note"
> & {
  /** The sum that was asked for, if one was: the same request names the same. */
  cents?: number;
  /** How much, looking at what there is under the wallet's lock. @throws DomainError when nothing */
  decide: (refundable: Refundable) => number;
};

/**
 * Orders a refund and asks the provider for it: reserve, commit, ask. The same request again is the same order, and the
 * provider makes one refund of it. The credits go with the order (`promiseRefund`) and come back when it is refused.
 *
 * Locks: the wallet row, so two refunds of one payment are decided one after another.
 * @throws DomainError payments_unavailable, payment_not_found, refund_pending, refund_refused, request_id_reused, and
 * what `decide` throws
 */
export async function orderRefund(
  ctx: RefundContext<Actor>,
  { decide, ...wish }: Wish,
): Promise<RefundAnswer> {
  const payments = paymentsOf(ctx);
  const order = await ctx.db.transaction(async (tx) => {
    await lockWallet(tx, wish.userId, ctx.now());
    return (await findSameOrder(ctx, tx, wish)) ?? placeOrder(ctx, tx, wish, decide);
  });
  ctx.signals.userChanged(wish.userId);
  const { cents, requestId } = order;
  if (order.isAnswered) return { status: "accepted", cents };
  if (isKeyForgotten(order, ctx.now())) return { status: "unknown", cents };
  const outcome = await askForRefund(payments, order);
  if (outcome === "refused") {
    await giveUpRefund(ctx, order);
    await ctx.refunds.drop(requestId);
    ctx.signals.userChanged(wish.userId);
    throw new DomainError({ code: "refund_refused" });
  }
  if (outcome === "accepted") await ctx.refunds.finish(requestId);
  return { status: outcome, cents };
}

async function findSameOrder(
  { refunds }: Pick<RefundContext, "refunds">,
  tx: Tx,
  { requestId, cents, ...wish }: Omit<Wish, "decide">,
): Promise<OpenRefundOrder | null> {
  const known = await refunds.find(tx, requestId);
  if (!known) return null;
  const isSame =
    known.userId === wish.userId &&
    known.paymentReference === wish.paymentReference &&
    known.orderedBy === wish.orderedBy &&
    known.note === wish.note &&
    (cents === undefined || known.cents === cents);
  if (isSame) return known;
  throw new DomainError({ code: "request_id_reused", requestId });
}

async function placeOrder(
  { refunds, now }: Pick<RefundContext, "refunds" | "now">,
  tx: Tx,
  wish: Omit<Wish, "decide">,
  decide: Wish["decide"],
): Promise<OpenRefundOrder> {
  const { userId, paymentReference } = wish;
  const at = now();
  const open = await refunds.listOpen(tx, paymentReference);
  // Nobody will ask for these any more: what they have taken is not to stand under the next one's sum.
  for (const order of open) {
    if (!order.isAnswered && isKeyForgotten(order, at)) await releaseRefund(tx, order, at);
  }
  const refundable = await getRefundable(tx, userId, paymentReference, at);
  const { payment } = refundable;
  const pending = open.find((order) => isPending(order, payment, at));
  if (pending) throw new DomainError({ code: "refund_pending", cents: pending.cents });
  const cents = decide(refundable);
  const earlier = awaitedOf(payment);
  const refundedAfterCents = (earlier?.refundedAfterCents ?? payment.refundedCents) + cents;
  const orderedAt = at.toISOString();
  const order = { ...wish, cents, refundedAfterCents, orderedAt, ...(earlier && { earlier }) };
  await refunds.add(tx, order);
  await promiseRefund(tx, order, payment, at);
  return { ...order, isAnswered: false };
}

/** Before the order is dropped: whoever dies between the two finds it in the queue and comes here again. */
export async function giveUpRefund(
  { db, now }: Pick<RefundContext, "db" | "now">,
  order: RefundOrder,
): Promise<void> {
  await db.transaction(async (tx) => {
    await lockWallet(tx, order.userId, now());
    await releaseRefund(tx, order, now());
  });
}

/** Longer than this no webhook is waited for: a person may look at the provider's books and decide anew. */
const PENDING_MS = 24 * 3_600_000;

/** Until its webhook has come, the next one waits: a person sees what has become of the first. */
const isPending = (order: OpenRefundOrder, payment: KnownPayment, now: Date): boolean =>
  isAwaited(order, payment) && now.getTime() - new Date(order.orderedAt).getTime() <= PENDING_MS;

/** `unknown` is no failure: the money may be on its way, so the same question is put again until it is answered. */
export async function askForRefund(
  payments: PaymentProvider,
  { paymentReference, cents, requestId, orderedBy, note, orderedAt }: RefundOrder,
): Promise<"accepted" | "unknown" | "refused"> {
  try {
    await payments.refund({
      ...{ payment: paymentReference, amountCents: cents, orderedBy, note },
      ...{ orderedAt: new Date(orderedAt), idempotencyKey: `refund:${requestId}` },
    });
    return "accepted";
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.problem.code === "payments_unavailable") return "unknown";
    if (error.problem.code === "refund_refused") return "refused";
    throw error;
  }
}
