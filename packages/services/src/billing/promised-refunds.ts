import type { Tx } from "@tintype/db/client";
import { findPayment, type KnownPayment, writePayment } from "./payment-states.ts";
import { bringCreditsToPayment } from "./payments.ts";
import type { RefundOrder } from "./refund-orders.ts";

type AwaitedRefund = Pick<RefundOrder, "refundedAfterCents" | "orderedAt">;

/**
 * Takes the credits of a refund with its order: spent while the money is on its way, they would become a debt. The
 * webhook then finds them taken. The caller holds the wallet row and writes the order in this transaction.
 */
export async function promiseRefund(
  tx: Tx,
  { userId, ...order }: AwaitedRefund & { userId: string },
  payment: KnownPayment,
  now: Date,
): Promise<void> {
  await change(tx, userId, payment, order, now);
}

/** Whether the payment waits to be told of this order; it waits for the last one, which has those before it in its sum. */
export const isAwaited = (
  { refundedAfterCents, orderedAt }: AwaitedRefund,
  { refundOrderedCents, refundOrderedAt }: KnownPayment,
): boolean =>
  refundOrderedCents === refundedAfterCents && refundOrderedAt?.getTime() === orderedAt.getTime();

/** What is on its way of this payment. */
export const awaitedOf = ({
  refundedCents,
  refundOrderedCents,
  refundOrderedAt,
}: KnownPayment): AwaitedRefund | undefined =>
  refundOrderedCents !== null && refundOrderedAt !== null && refundOrderedCents > refundedCents
    ? { refundedAfterCents: refundOrderedCents, orderedAt: refundOrderedAt }
    : undefined;

/**
 * The provider has refused the refund, or nobody knows of it and its key is forgotten: its credits come back, those of
 * what was on its way before it do not. What has been told or ordered anew meanwhile stays as it is. The caller holds the
 * wallet row.
 */
export async function releaseRefund(tx: Tx, order: RefundOrder, now: Date): Promise<void> {
  const { userId, paymentReference, earlierRefundedAfterCents, earlierOrderedAt } = order;
  const payment = await findPayment(tx, userId, paymentReference);
  if (!payment || !isAwaited(order, payment)) return;
  const { refundedCents, refundToldAt } = payment;
  // Told as made, or told at all: what was sent back leaves no sum, and nobody tells of it once more.
  const isTold =
    earlierRefundedAfterCents === null ||
    earlierOrderedAt === null ||
    refundedCents >= earlierRefundedAfterCents ||
    (refundToldAt !== null && refundToldAt >= earlierOrderedAt);
  const awaited = isTold
    ? null
    : { refundedAfterCents: earlierRefundedAfterCents, orderedAt: earlierOrderedAt };
  await change(tx, userId, payment, awaited, now);
}

async function change(
  tx: Tx,
  userId: string,
  { reference, ...before }: KnownPayment,
  awaited: AwaitedRefund | null,
  now: Date,
): Promise<void> {
  const after = {
    ...before,
    refundOrderedCents: awaited?.refundedAfterCents ?? null,
    refundOrderedAt: awaited?.orderedAt ?? before.refundOrderedAt,
  };
  await writePayment(tx, userId, { reference, before, after }, now);
  await bringCreditsToPayment(tx, userId, reference, after, now);
}
