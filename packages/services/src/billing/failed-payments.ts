import type { BillingEventOf } from "@tintype/core/billing-events";
import type { BillingNews } from "@tintype/core/billing-news";
import type { Tx } from "@tintype/db/client";
import { failedPayments } from "@tintype/db/schema";
import { sql } from "drizzle-orm";

/**
 * An invoice that was tried in vain (seed 000). The attempts only count up and "resolved" stays: a failure that is told
 * after the payment it led to brings nothing back. @returns the letter about this attempt, if it is the newest one
 */
export async function recordFailedPayment(
  tx: Tx,
  { userId, subscription, invoice, at }: BillingEventOf<"payment_failed">,
  now: Date,
): Promise<BillingNews[]> {
  if (!invoice) return [];
  const { reference, attempts, amountDueCents, nextAttemptAt, payUrl } = invoice;
  const state = { amountDueCents, retryCount: attempts, nextRetryAt: nextAttemptAt, payUrl };
  const recorded = await tx
    .insert(failedPayments)
    .values({
      ...{ userId, invoiceReference: reference, subscriptionReference: subscription },
      ...{ ...state, failedAt: at, createdAt: now, updatedAt: now },
    })
    .onConflictDoUpdate({
      target: [failedPayments.userId, failedPayments.invoiceReference],
      set: {
        ...{ ...state, subscriptionReference: subscription, failedAt: at, updatedAt: now },
        // A debit that was started after this failure is still under way.
        processingAt: sql`nullif(${failedPayments.processingAt}, least(${failedPayments.processingAt}, ${at.toISOString()}::timestamptz))`,
      },
      setWhere: sql`${failedPayments.retryCount} < ${attempts} and ${failedPayments.resolvedAt} is null`,
    })
    .returning({ attempts: failedPayments.retryCount })
    .prepare("record_failed_payment")
    .execute();
  if (recorded.length === 0 || attempts === 0) return [];
  const nextAttempt = nextAttemptAt?.toISOString() ?? null;
  const isPlan = subscription !== null;
  return [
    {
      kind: "payment_failed",
      amountDueCents,
      attempts,
      isPlan,
      nextAttemptAt: nextAttempt,
      payUrl,
    },
  ];
}

/**
 * A bank debit for a plan's new period is under way. Told after the failure it led to, or after the payment, it changes
 * nothing. @returns the letter that says so, once for each debit
 */
export async function recordProcessing(
  tx: Tx,
  { userId, subscription, invoice, amountDueCents, at }: BillingEventOf<"payment_processing">,
  now: Date,
): Promise<BillingNews[]> {
  const state = { subscriptionReference: subscription, amountDueCents, processingAt: at };
  const recorded = await tx
    .insert(failedPayments)
    .values({
      ...{ userId, invoiceReference: invoice, ...state, retryCount: 0 },
      ...{ failedAt: at, createdAt: now, updatedAt: now },
    })
    .onConflictDoUpdate({
      target: [failedPayments.userId, failedPayments.invoiceReference],
      set: { ...state, updatedAt: now },
      setWhere: sql`${failedPayments.resolvedAt} is null and ${failedPayments.failedAt} < ${at.toISOString()}::timestamptz
        and coalesce(${failedPayments.processingAt} < ${at.toISOString()}::timestamptz, true)`,
    })
    .returning({ invoice: failedPayments.invoiceReference })
    .prepare("record_processing")
    .execute();
  return recorded.length === 0 ? [] : [{ kind: "payment_processing", amountDueCents }];
}

/** Written down even where no failure is known yet: if it comes late, it is resolved already. */
export async function resolveFailedPayment(
  tx: Tx,
  { userId, invoice, at }: BillingEventOf<"invoice_closed">,
  now: Date,
): Promise<void> {
  const closed = {
    ...{ nextRetryAt: null, payUrl: null, processingAt: null },
    ...{ resolvedAt: at, updatedAt: now },
  };
  await tx
    .insert(failedPayments)
    .values({
      ...{ userId, invoiceReference: invoice, amountDueCents: 0, retryCount: 0 },
      ...{ ...closed, failedAt: at, createdAt: now },
    })
    .onConflictDoUpdate({
      target: [failedPayments.userId, failedPayments.invoiceReference],
      set: closed,
      setWhere: sql`${failedPayments.resolvedAt} is null`,
    })
    .prepare("resolve_failed_payment")
    .execute();
}
