import type { BillingEventOf } from "@tintype/core/billing-events";
import type { Tx } from "@tintype/db/client";
import { overageBills, overageCharges } from "@tintype/db/schema";
import { and, eq, inArray, isNull } from "drizzle-orm";

/**
 * What becomes of the bills for overage, as the provider tells it; steps of `applyBillingEvent`, which holds the wallet.
 * Paid is final; a failure that is told after it changes nothing.
 */
const billsOf = (userId: string, ids: readonly string[]) =>
  and(
    eq(overageBills.userId, userId),
    inArray(overageBills.id, [...ids]),
    isNull(overageBills.paidAt),
  );

export async function settleOverage(
  tx: Tx,
  { userId, bills, payment }: BillingEventOf<"overage_paid">,
): Promise<void> {
  const { reference: paymentReference, paidAt } = payment;
  // The webhook may be faster than the answer to whoever placed the bill: then there is nothing left to ask either.
  const paid = await tx
    .update(overageBills)
    .set({ paidAt, paymentReference, failedAt: null, nextAttemptAt: null, lastError: null })
    .where(billsOf(userId, bills))
    .returning({ id: overageBills.id });
  if (paid.length === 0) return;
  const ids = paid.map(({ id }) => id);
  await tx
    .update(overageCharges)
    .set({ paymentReference })
    .where(and(eq(overageCharges.userId, userId), inArray(overageCharges.billId, ids)));
}

/** From now on nothing goes beyond the wallet, until it is paid. */
export async function failOverage(
  tx: Tx,
  { userId, invoice, at }: BillingEventOf<"payment_failed">,
): Promise<void> {
  const bills = invoice?.overageBills ?? [];
  if (bills.length === 0) return;
  await tx.update(overageBills).set({ failedAt: at }).where(billsOf(userId, bills));
}

/** Its invoice was cancelled: nobody waits for that money any more. */
export async function forgiveOverage(
  tx: Tx,
  { userId, forgivenBills = [] }: BillingEventOf<"invoice_closed">,
): Promise<void> {
  if (forgivenBills.length === 0) return;
  await tx.update(overageBills).set({ failedAt: null }).where(billsOf(userId, forgivenBills));
}
