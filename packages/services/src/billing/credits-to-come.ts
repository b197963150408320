import type { Plan } from "@tintype/core/catalogue";
import { allowanceFor, monthIndexAt, monthOf, monthsIn, type Span } from "@tintype/core/periods";
import type { Tx } from "@tintype/db/client";
import { paidPeriods } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import type { SubscriptionRow } from "./get-subscription.ts";
import { grantedFor, lineOf, linesAt, type PaidPeriod, spanOf } from "./paid-periods.ts";

/** What a payment will still bring: the months of its lines that have not been granted. */
export async function creditsToCome(
  tx: Tx,
  userId: string,
  paymentReference: string,
): Promise<number> {
  const lines = await tx
    .select()
    .from(paidPeriods)
    .where(eq(paidPeriods.userId, userId))
    .prepare("paid_lines_of_user")
    .execute();
  return creditsToComeOf(lines, paymentReference);
}

/**
 * Each line will grant what is missing when its turn comes, so what it brings depends on the lines before it, those of
 * other payments included.
 * @param lines all paid lines of the user
 */
export const creditsToComeOf = (lines: readonly PaidPeriod[], paymentReference: string): number =>
  lines
    .filter((line) => line.paymentReference === paymentReference)
    .reduce((sum, line) => sum + creditsToComeOfLine(line, lines), 0);

function creditsToComeOfLine(line: PaidPeriod, lines: readonly PaidPeriod[]): number {
  let sum = 0;
  for (let index = line.monthsGranted; index < line.months; index += 1) {
    const month = monthOf(spanOf(line), line.months, index);
    const before = lines
      .filter((other) => isGrantedBefore(other, line, month))
      .toSorted((a, b) => dueAt(a, month) - dueAt(b, month) || (a.reference < b.reference ? -1 : 1))
      .map(lineOf);
    const given = Math.max(
      0,
      ...before.map((_, last) => allowanceFor(before.slice(0, last + 1), month)),
    );
    sum += Math.max(0, allowanceFor([...before, lineOf(line)], month) - given);
  }
  return sum;
}

/** Whether a line has given something for this month, or will before `line` does: the order of the schedule. */
function isGrantedBefore(other: PaidPeriod, line: PaidPeriod, month: Span): boolean {
  if (other.subscriptionReference !== line.subscriptionReference) return false;
  if (other.reference === line.reference) return false;
  const index = monthIndexAt(spanOf(other), other.months, month.start);
  const own = monthOf(spanOf(other), other.months, index);
  if (own.start.getTime() !== month.start.getTime()) return false;
  if (own.end.getTime() !== month.end.getTime()) return false;
  if (other.monthsGranted > index) return true;
  const [theirs, ours] = [dueAt(other, month), dueAt(line, month)];
  return theirs === ours ? other.reference < line.reference : theirs < ours;
}

/** When a month that has not been granted will be: a change of plan comes in the middle of its first one. */
const dueAt = ({ changedAt }: PaidPeriod, month: Span): number =>
  Math.max(month.start.getTime(), changedAt?.getTime() ?? 0);

type Upgrade = { from: Plan; to: Plan; at: Date };

/**
 * What a larger plan brings at once when it is paid at that moment, by the rule that will grant it: what its month is
 * worth with it, less what has been granted for that month already.
 */
export async function creditsOfUpgrade(
  tx: Tx,
  { userId, reference, periodStart, periodEnd }: SubscriptionRow,
  { from, to, at }: Upgrade,
): Promise<number> {
  const period = { start: periodStart, end: periodEnd };
  const months = monthsIn(period, from.interval);
  const month = monthOf(period, months, monthIndexAt(period, months, at));
  const lines = await linesAt(tx, { userId, subscriptionReference: reference }, month.start);
  const granted = grantedFor(lines, month).map(lineOf);
  const upgrade = {
    allowance: to.allowanceCredits,
    change: { at, previousAllowance: from.allowanceCredits },
  };
  return allowanceFor([...granted, upgrade], month) - allowanceFor(granted, month);
}
