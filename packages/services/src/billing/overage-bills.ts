import type { BillingEventOf } from "@tintype/core/billing-events";
import type { Tx } from "@tintype/db/client";
import { payOverageBills } from "@tintype/db/credit-functions";
import { overageBills } from "@tintype/db/schema";
import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { bringCreditsToPayment, recordPayment } from "./payments.ts";

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

/** If a dispute about the payment was told before it, what was used becomes a debt now. */
export async function settleOverage(
  tx: Tx,
  { userId, bills, payment }: BillingEventOf<"overage_paid">,
  now: Date,
): Promise<void> {
  const { reference: paymentReference, paidAt } = payment;
  const { after } = await recordPayment(tx, userId, payment, now);
  const paid = await payOverageBills(tx, { userId, billIds: bills, paymentReference, paidAt });
  if (paid > 0) await bringCreditsToPayment(tx, userId, paymentReference, after, now);
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
  { userId, invoice, forgivenBills = [] }: BillingEventOf<"invoice_closed">,
): Promise<void> {
  if (forgivenBills.length === 0) return;
  // With its invoice it no longer counts as waiting for one.
  const invoiceReference = sql`coalesce(${overageBills.invoiceReference}, ${invoice})`;
  await tx
    .update(overageBills)
    .set({ failedAt: null, invoiceReference })
    .where(billsOf(userId, forgivenBills));
}
