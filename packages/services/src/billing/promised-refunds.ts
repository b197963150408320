import type { Tx } from "@tintype/db/client";
import { findPayment, type KnownPayment, writePayment } from "./payment-states.ts";
import { bringCreditsToPayment } from "./payments.ts";
import type { RefundOrder } from "./refund-orders.ts";

/**
 * Takes the credits of a refund with its order: spent while the money is on its way, they would become a debt. The
 * webhook then finds them taken. The caller holds the wallet row and puts the order into the queue of this transaction.
 */
export async function promiseRefund(
  tx: Tx,
  { userId, refundedAfterCents }: Pick<RefundOrder, "userId" | "refundedAfterCents">,
  payment: KnownPayment,
  now: Date,
): Promise<void> {
  await change(tx, userId, payment, refundedAfterCents, now);
}

/**
 * The provider has refused the refund, or nobody knows of it and its key is forgotten: the credits come back. What has
 * been told or ordered anew meanwhile stays as it is. The caller holds the wallet row.
 */
export async function releaseRefund(
  tx: Tx,
  { userId, paymentReference, refundedAfterCents, orderedAt }: RefundOrder,
  now: Date,
): Promise<void> {
  const payment = await findPayment(tx, userId, paymentReference);
  const isAwaited =
    payment?.refundOrderedCents === refundedAfterCents &&
    payment.refundOrderedAt?.toISOString() === orderedAt;
  if (isAwaited) await change(tx, userId, payment, null, now);
}

async function change(
  tx: Tx,
  userId: string,
  { reference, ...before }: KnownPayment,
  refundOrderedCents: number | null,
  now: Date,
): Promise<void> {
  const refundOrderedAt = refundOrderedCents === null ? before.refundOrderedAt : now;
  const after = { ...before, refundOrderedCents, refundOrderedAt };
  await writePayment(tx, userId, { reference, before, after }, now);
  await bringCreditsToPayment(tx, userId, reference, after, now);
}
