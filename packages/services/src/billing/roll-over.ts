import { monthOf, rolloverCap, type Span } from "@tintype/core/periods";
import type { Tx } from "@tintype/db/client";
import { rollOverCredits } from "@tintype/db/credit-functions";
import { paidPeriods } from "@tintype/db/schema";
import { and, eq } from "drizzle-orm";
import {
  grantedFor,
  lineOf,
  linesAt,
  monthReference,
  type PaidPeriod,
  spanOf,
} from "./paid-periods.ts";

/**
 * What is left of a month's allowance goes on into the next one, if that has been granted. Again: nothing.
 * @returns how many credits have rolled over now
 */
export async function rollOverMonth(
  tx: Tx,
  of: Pick<PaidPeriod, "userId" | "subscriptionReference">,
  monthEnd: Date,
  now: Date,
): Promise<number> {
  const lines = await linesAt(tx, of, monthEnd);
  const next = lines
    .flatMap((line) => monthsOf(line).map(({ month }) => month))
    .find((month) => month.start.getTime() === monthEnd.getTime());
  const granted = next ? grantedFor(lines, next) : [];
  if (!next || granted.length === 0) return 0;
  const rolled = await rollOverCredits(tx, {
    userId: of.userId,
    periodReference: monthReference(of.subscriptionReference, monthEnd),
    periodEnd: monthEnd,
    cap: rolloverCap(granted.map(lineOf), next),
    nextPeriodReference: monthReference(of.subscriptionReference, next.end),
    // A moment before the allowance of that month, so that it is used first: it does not roll over again.
    expiresAt: new Date(next.end.getTime() - 1),
    now,
  });
  return rolled.outcome === "rolled_over" ? rolled.credits : 0;
}

/** After credits have come back to a payment: they go where they would be, had they never been away. */
export async function rollOverMonthsOf(
  tx: Tx,
  userId: string,
  paymentReference: string,
  now: Date,
): Promise<void> {
  const rows = await tx
    .select()
    .from(paidPeriods)
    .where(and(eq(paidPeriods.userId, userId), eq(paidPeriods.paymentReference, paymentReference)))
    .prepare("paid_lines_of_payment")
    .execute();
  for (const row of rows) {
    for (const { month, index } of monthsOf(row)) {
      if (index < row.monthsGranted && month.end <= now) {
        await rollOverMonth(tx, row, month.end, now);
      }
    }
  }
}

const monthsOf = (row: PaidPeriod): { month: Span; index: number }[] =>
  Array.from({ length: row.months }, (_, index) => ({
    index,
    month: monthOf(spanOf(row), row.months, index),
  }));
