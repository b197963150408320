import type { BillingEventOf } from "@tintype/core/billing-events";
import type { BillingNews } from "@tintype/core/billing-news";
import { EXPIRY_GRACE_MS } from "@tintype/core/credits";
import { disputeOf, type PaymentState } from "@tintype/core/payment-state";
import { allowanceFor, monthOf, type Span } from "@tintype/core/periods";
import type { Tx } from "@tintype/db/client";
import { creditGrants, paidPeriods } from "@tintype/db/schema";
import { and, desc, eq, sum } from "drizzle-orm";
import { grantCredits } from "../credits/grants.ts";
import { billingActor } from "./lock-wallet.ts";
import {
  grantedFor,
  hasPaidLine,
  isPaymentOfKnownLine,
  lineOf,
  linesAt,
  monthReference,
  type PaidPeriod,
  recordPaidLine,
  spanOf,
} from "./paid-periods.ts";
import { findPayment } from "./payment-states.ts";
import { bringCreditsToPayment, receiptOf, recordPayment } from "./payments.ts";
import { rollOverMonth } from "./roll-over.ts";

/** A period or a larger plan for the rest of one has been paid: its allowance, as far as it is due. */
export async function payPeriod(
  tx: Tx,
  event: BillingEventOf<"period_paid" | "upgrade_paid">,
  now: Date,
): Promise<BillingNews[]> {
  await recordPayment(tx, event.userId, event.payment, now);
  // One receipt for one payment, with whichever of its lines is told first.
  const isFirstLine = !(await isPaymentOfKnownLine(tx, event));
  const isFirstPeriod = !(await hasPaidLine(tx, event));
  const line = await recordPaidLine(tx, event, now);
  const renewals = await grantDueMonths(tx, line, now);
  const credits = line.changedAt ? 0 : line.allowanceCredits;
  const receipt = isFirstLine
    ? receiptOf({ ...event.payment, productCode: event.planCode }, credits)
    : [];
  // The receipt of a plan's first month says what it has brought; a change of plan has its own letter.
  return [...receipt, ...(isFirstPeriod || line.changedAt ? [] : renewals)];
}

/**
 * Grants every month of a paid line that has begun. The caller holds the wallet row.
 * @returns what to write about the month that runs; what is over by now is no news
 */
export async function grantDueMonths(tx: Tx, line: PaidPeriod, now: Date): Promise<BillingNews[]> {
  const news: BillingNews[] = [];
  for (let next = line; next.nextGrantAt && next.nextGrantAt <= now; ) {
    const granted = await grantNextMonth(tx, next, now);
    next = granted.line;
    if (granted.credits === 0 || granted.month.end <= now) continue;
    news.push({
      ...{ kind: "renewal", planCode: line.planCode, credits: granted.credits },
      rolledOverCredits: granted.rolledOver,
      expiresAt: granted.month.end.toISOString(),
    });
  }
  return news;
}

type GrantedMonth = { line: PaidPeriod; month: Span; credits: number; rolledOver: number };

async function grantNextMonth(tx: Tx, line: PaidPeriod, now: Date): Promise<GrantedMonth> {
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
    .where(and(eq(paidPeriods.userId, line.userId), eq(paidPeriods.reference, line.reference)))
    .prepare("count_granted_month")
    .execute();

  const payment = await findPayment(tx, line.userId, line.paymentReference);
  if (!payment) throw new Error(`the paid line ${line.reference} has no payment`);
  await bringCreditsToPayment(tx, line.userId, line.paymentReference, payment, now);
  // Into this month, and on into the next one if that was told first.
  const rolledOver = await rollOverMonth(tx, line, month.start, now);
  if (month.end <= now) await rollOverMonth(tx, line, month.end, now);
  return {
    line: granted,
    month,
    credits: amount > 0 ? await staysOf(tx, line, payment) : 0,
    rolledOver,
  };
}

/** Of the newest grant of a line: what is refunded or lost goes as it comes, and what is disputed is frozen. */
async function staysOf(tx: Tx, line: PaidPeriod, payment: PaymentState): Promise<number> {
  if (disputeOf(payment) === "open") return 0;
  const [newest] = await tx
    .select({ amount: creditGrants.amount, target: creditGrants.reversalTarget })
    .from(creditGrants)
    .where(
      and(
        eq(creditGrants.userId, line.userId),
        eq(creditGrants.paymentReference, line.paymentReference),
        eq(creditGrants.source, "allowance"),
      ),
    )
    .orderBy(desc(creditGrants.issuedSeq))
    .limit(1)
    .prepare("newest_allowance_of_payment")
    .execute();
  return newest ? newest.amount - newest.target : 0;
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
    )
    .prepare("granted_allowance")
    .execute();
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
