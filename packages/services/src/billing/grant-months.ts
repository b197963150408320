import type { BillingEventOf } from "@tintype/core/billing-events";
import { EXPIRY_GRACE_MS } from "@tintype/core/credits";
import type { PaymentState } from "@tintype/core/payment-state";
import { allowanceFor, monthOf, type Span } from "@tintype/core/periods";
import type { Tx } from "@tintype/db/client";
import { creditGrants, paidPeriods, payments } from "@tintype/db/schema";
import { and, eq, sum } from "drizzle-orm";
import { grantCredits } from "../credits/grants.ts";
import { billingActor } from "./lock-wallet.ts";
import {
  grantedFor,
  lineOf,
  linesAt,
  monthReference,
  type PaidPeriod,
  recordPaidLine,
  spanOf,
} from "./paid-periods.ts";
import { bringCreditsToPayment, recordPayment } from "./payments.ts";
import { rollOverMonth } from "./roll-over.ts";

/** A period or a larger plan for the rest of one has been paid: its allowance, as far as it is due. */
export async function payPeriod(
  tx: Tx,
  event: BillingEventOf<"period_paid" | "upgrade_paid">,
  now: Date,
): Promise<void> {
  await recordPayment(tx, event.userId, event.payment, now);
  await grantDueMonths(tx, await recordPaidLine(tx, event, now), now);
}

/** Grants every month of a paid line that has begun. The caller holds the wallet row. */
export async function grantDueMonths(tx: Tx, line: PaidPeriod, now: Date): Promise<void> {
  for (let next = line; next.nextGrantAt && next.nextGrantAt <= now; ) {
    next = await grantNextMonth(tx, next, now);
  }
}

async function grantNextMonth(tx: Tx, line: PaidPeriod, now: Date): Promise<PaidPeriod> {
  const index = line.monthsGranted;
  const month = monthOf(spanOf(line), line.months, index);
  const monthsGranted = index + 1;
  const granted = {
    ...line,
    monthsGranted,
    nextGrantAt:
      monthsGranted < line.months ? monthOf(spanOf(line), line.months, monthsGranted).start : null,
  };
  const amount = await missingAllowance(tx, granted, month);
  if (amount > 0) await grantAllowance(tx, line, { month, index, amount }, now);
  await tx
    .update(paidPeriods)
    .set({ monthsGranted, nextGrantAt: granted.nextGrantAt })
    .where(and(eq(paidPeriods.userId, line.userId), eq(paidPeriods.reference, line.reference)));

  await bringCreditsToPayment(
    tx,
    line.userId,
    line.paymentReference,
    await findPayment(tx, line),
    now,
  );
  // Into this month, and on into the next one if that was told first.
  await rollOverMonth(tx, line, month.start, now);
  if (month.end <= now) await rollOverMonth(tx, line, month.end, now);
  return granted;
}

/** What all lines that count for the month give together, this one included, less what has been granted. */
async function missingAllowance(tx: Tx, line: PaidPeriod, month: Span): Promise<number> {
  const others = (await linesAt(tx, line, month.start)).filter(
    ({ reference }) => reference !== line.reference,
  );
  const counted = grantedFor([...others, line], month);
  const [row] = await tx
    .select({ granted: sum(creditGrants.amount).mapWith(Number) })
    .from(creditGrants)
    .where(
      and(
        eq(creditGrants.userId, line.userId),
        eq(creditGrants.periodReference, monthReference(line.subscriptionReference, month.end)),
        eq(creditGrants.source, "allowance"),
      ),
    );
  return allowanceFor(counted.map(lineOf), month) - (row?.granted ?? 0);
}

async function grantAllowance(
  tx: Tx,
  line: PaidPeriod,
  { month, index, amount }: { month: Span; index: number; amount: number },
  now: Date,
): Promise<void> {
  const family = line.changedAt ? "upgrade" : "allowance";
  // Told after its month is over, it is not worthless: until the next month takes the remainder, or for 72 hours.
  const latest = new Date(now.getTime() + EXPIRY_GRACE_MS);
  await grantCredits(tx, {
    userId: line.userId,
    source: "allowance",
    category: "paid",
    amount,
    idempotencyKey: `${family}:${line.reference}:${index}`,
    now,
    actor: billingActor,
    expiresAt: month.end > now ? month.end : latest,
    costBasisCents: Math.floor(line.paidCents / line.months),
    paymentReference: line.paymentReference,
    periodReference: monthReference(line.subscriptionReference, month.end),
  });
}

async function findPayment(tx: Tx, line: PaidPeriod): Promise<PaymentState> {
  const [payment] = await tx
    .select()
    .from(payments)
    .where(and(eq(payments.userId, line.userId), eq(payments.reference, line.paymentReference)));
  if (!payment) throw new Error(`the paid line ${line.reference} has no payment`);
  return payment;
}
