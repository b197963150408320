import type { Tx } from "@tintype/db/client";
import { topUps } from "@tintype/db/schema";
import { and, eq } from "drizzle-orm";

/**
 * The webhook has brought the money of an automatic purchase, and its credits come in the same transaction. A step of
 * `settlePayment`. If the purchase does not know its payment yet, it finds the payment when it is written down.
 */
export async function settleTopUp(
  tx: Tx,
  userId: string,
  paymentReference: string,
  now: Date,
): Promise<void> {
  await tx
    .update(topUps)
    .set({ status: "paid", reason: null, nextAttemptAt: null, updatedAt: now })
    .where(and(eq(topUps.userId, userId), eq(topUps.paymentReference, paymentReference)))
    .prepare("settle_top_up")
    .execute();
}
