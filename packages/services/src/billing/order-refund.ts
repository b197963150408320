import { DomainError } from "@tintype/core/problems";
import type { RefundAnswer } from "@tintype/core/refunds";
import type { Tx } from "@tintype/db/client";
import type { PaymentProvider } from "@tintype/integrations/payments/payments";
import { lockWallet } from "./lock-wallet.ts";
import { type PaymentContext, paymentsOf } from "./payment-context.ts";
import type { KnownPayment } from "./payment-states.ts";
import { awaitedOf, isAwaited, promiseRefund, releaseRefund } from "./promised-refunds.ts";
import {
  addRefundOrder,
  answerRefundOrder,
  findRefundOrder,
  isKeyExpired,
  listOpenRefundOrders,
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
  ctx: PaymentContext,
  { decide, ...wish }: Wish,
): Promise<RefundAnswer> {
  const payments = paymentsOf(ctx);
  const order = await ctx.db.transaction(async (tx) => {
    await lockWallet(tx, wish.userId, ctx.now());
    return (await findSameOrder(tx, wish)) ?? placeOrder(tx, wish, decide, ctx.now());
  });
  ctx.signals.userChanged(wish.userId);
  const { cents } = order;
  if (order.state !== "ordered") return { status: "accepted", cents };
  if (isKeyExpired(order, ctx.now())) return { status: "unknown", cents };
  const outcome = await askForRefund(payments, order);
  if (outcome === "refused") {
    await giveUpRefund(ctx, order, outcome);
    ctx.signals.userChanged(wish.userId);
    throw new DomainError({ code: "refund_refused" });
  }
  if (outcome === "accepted") await answerRefundOrder(ctx.db, order, outcome, ctx.now());
  return { status: outcome, cents };
}

async function findSameOrder(
  tx: Tx,
  { requestId, cents, ...wish }: Omit<Wish, "decide">,
): Promise<RefundOrder | null> {
  const known = await findRefundOrder(tx, wish.userId, requestId);
  if (!known) return null;
  const isSame =
    known.paymentReference === wish.paymentReference &&
    known.orderedBy === wish.orderedBy &&
    known.note === wish.note &&
    (cents === undefined || known.cents === cents);
  if (!isSame) throw new DomainError({ code: "request_id_reused", requestId });
  // The provider has refused it, or nobody may ask for it any more: only another request orders anew.
  if (known.state === "refused" || known.state === "key_expired") {
    throw new DomainError({ code: "refund_refused" });
  }
  return known;
}

async function placeOrder(
  tx: Tx,
  wish: Omit<Wish, "decide">,
  decide: Wish["decide"],
  now: Date,
): Promise<RefundOrder> {
  const { userId, paymentReference } = wish;
  const open = await listOpenRefundOrders(tx, userId, paymentReference);
  // Nobody will ask for these any more: what they have taken is not to stand under the next one's sum.
  for (const order of open) {
    if (order.state === "ordered" && isKeyExpired(order, now)) {
      await endOrder(tx, order, "key_expired", now);
    }
  }
  const refundable = await getRefundable(tx, userId, paymentReference, now);
  const { payment } = refundable;
  const pending = open.find((order) => isPending(order, payment, now));
  if (pending) throw new DomainError({ code: "refund_pending", cents: pending.cents });
  const cents = decide(refundable);
  const earlier = awaitedOf(payment);
  const order = await addRefundOrder(tx, {
    ...{ ...wish, cents, orderedAt: now },
    refundedAfterCents: (earlier?.refundedAfterCents ?? payment.refundedCents) + cents,
    earlierRefundedAfterCents: earlier?.refundedAfterCents ?? null,
    earlierOrderedAt: earlier?.orderedAt ?? null,
  });
  await promiseRefund(tx, order, payment, now);
  return order;
}

/** The order and its credits in one transaction, under the wallet's lock. */
export async function giveUpRefund(
  { db, now }: Pick<PaymentContext, "db" | "now">,
  order: RefundOrder,
  state: "refused" | "key_expired",
): Promise<void> {
  await db.transaction(async (tx) => {
    await lockWallet(tx, order.userId, now());
    await endOrder(tx, order, state, now());
  });
}

async function endOrder(
  tx: Tx,
  order: RefundOrder,
  state: "refused" | "key_expired",
  now: Date,
): Promise<void> {
  if (await answerRefundOrder(tx, order, state, now)) await releaseRefund(tx, order, now);
}

/** Longer than this no webhook is waited for: a person may look at the provider's books and decide anew. */
const PENDING_MS = 24 * 3_600_000;

/** Until its webhook has come, the next one waits: a person sees what has become of the first. */
const isPending = (order: RefundOrder, payment: KnownPayment, now: Date): boolean =>
  isAwaited(order, payment) && now.getTime() - order.orderedAt.getTime() <= PENDING_MS;

/** `unknown` is no failure: the money may be on its way, so the same question is put again until it is answered. */
export async function askForRefund(
  payments: PaymentProvider,
  { userId, paymentReference, cents, requestId, orderedBy, note, orderedAt }: RefundOrder,
): Promise<"accepted" | "unknown" | "refused"> {
  try {
    await payments.refund({
      ...{ payment: paymentReference, amountCents: cents, orderedBy, note },
      ...{ orderedAt, idempotencyKey: `refund:${userId}:${requestId}` },
    });
    return "accepted";
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.problem.code === "payments_unavailable") return "unknown";
    if (error.problem.code === "refund_refused") return "refused";
    throw error;
  }
}
