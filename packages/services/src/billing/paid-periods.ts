import type { BillingEventOf } from "@tintype/core/billing-events";
import {
  type AllowanceLine,
  monthIndexAt,
  monthOf,
  monthsIn,
  type Span,
} from "@tintype/core/periods";
import type { Tx } from "@tintype/db/client";
import { paidPeriods, plans } from "@tintype/db/schema";
import { and, eq, gte, lte, type SQL } from "drizzle-orm";

export type PaidPeriod = typeof paidPeriods.$inferSelect;

export const spanOf = ({ startsAt, endsAt }: PaidPeriod): Span => ({
  start: startsAt,
  end: endsAt,
});

export const lineOf = (row: PaidPeriod): AllowanceLine => ({
  allowance: row.allowanceCredits,
  change:
    row.changedAt && row.previousAllowanceCredits !== null
      ? { at: row.changedAt, previousAllowance: row.previousAllowanceCredits }
      : null,
});

/**
 * One name for all the allowance of a month of a subscription, whichever invoice line paid for it. It names the
 * month's end, so the month before is found by this month's start.
 */
export const monthReference = (subscription: string, end: Date): string =>
  `${subscription} ${end.toISOString()}`;

/** Writes down a paid line; told again, it stays as it was. @returns the line as it is known */
export async function recordPaidLine(
  tx: Tx,
  event: BillingEventOf<"period_paid" | "upgrade_paid">,
  now: Date,
): Promise<PaidPeriod> {
  const plan = await findPlan(tx, event.planCode);
  const period = { start: event.periodStart, end: event.periodEnd };
  const months = monthsIn(period, plan.interval);
  const change =
    event.type === "upgrade_paid"
      ? {
          changedAt: event.changedAt,
          previousAllowanceCredits: (await findPlan(tx, event.previousPlanCode)).allowanceCredits,
          // The months before the change are not its own.
          monthsGranted: monthIndexAt(period, months, event.changedAt),
        }
      : { monthsGranted: 0 };
  await tx
    .insert(paidPeriods)
    .values({
      userId: event.userId,
      reference: event.line,
      subscriptionReference: event.subscription,
      planCode: event.planCode,
      paymentReference: event.payment.reference,
      paidCents: event.lineCents,
      startsAt: event.periodStart,
      endsAt: event.periodEnd,
      allowanceCredits: plan.allowanceCredits,
      months,
      ...change,
      nextGrantAt: change.changedAt ?? monthOf(period, months, 0).start,
      createdAt: now,
    })
    .onConflictDoNothing({ target: [paidPeriods.userId, paidPeriods.reference] })
    .prepare("record_paid_line")
    .execute();
  const [row] = await tx
    .select()
    .from(paidPeriods)
    .where(and(eq(paidPeriods.userId, event.userId), eq(paidPeriods.reference, event.line)))
    .prepare("paid_line")
    .execute();
  if (!row) throw new Error(`the paid line ${event.line} vanished under its wallet's lock`);
  return row;
}

/** Whether a line of this payment has been written down already, be it this one. */
export const isPaymentOfKnownLine = (
  tx: Tx,
  { userId, payment }: BillingEventOf<"period_paid" | "upgrade_paid">,
): Promise<boolean> =>
  isThereLine(
    tx,
    and(eq(paidPeriods.userId, userId), eq(paidPeriods.paymentReference, payment.reference)),
  );

/** Whether anything of this subscription has been paid before. */
export const hasPaidLine = (
  tx: Tx,
  { userId, subscription }: BillingEventOf<"period_paid" | "upgrade_paid">,
): Promise<boolean> =>
  isThereLine(
    tx,
    and(eq(paidPeriods.userId, userId), eq(paidPeriods.subscriptionReference, subscription)),
  );

async function isThereLine(tx: Tx, where: SQL | undefined): Promise<boolean> {
  const found = await tx
    .select({ reference: paidPeriods.reference })
    .from(paidPeriods)
    .where(where)
    .limit(1)
    .prepare("is_there_paid_line")
    .execute();
  return found.length > 0;
}

/** The lines of a subscription whose period reaches the moment or begins with it. */
export const linesAt = (
  tx: Tx,
  { userId, subscriptionReference }: Pick<PaidPeriod, "userId" | "subscriptionReference">,
  moment: Date,
): Promise<PaidPeriod[]> =>
  tx
    .select()
    .from(paidPeriods)
    .where(
      and(
        eq(paidPeriods.userId, userId),
        eq(paidPeriods.subscriptionReference, subscriptionReference),
        lte(paidPeriods.startsAt, moment),
        gte(paidPeriods.endsAt, moment),
      ),
    )
    .prepare("paid_lines_at")
    .execute();

/** Of these lines, the ones that have given something for this month. */
export const grantedFor = (lines: readonly PaidPeriod[], month: Span): PaidPeriod[] =>
  lines.filter((line) => {
    const index = monthIndexAt(spanOf(line), line.months, month.start);
    const own = monthOf(spanOf(line), line.months, index);
    return (
      own.start.getTime() === month.start.getTime() &&
      own.end.getTime() === month.end.getTime() &&
      line.monthsGranted > index
    );
  });

async function findPlan(tx: Tx, code: string) {
  const [plan] = await tx
    .select({ interval: plans.interval, allowanceCredits: plans.allowanceCredits })
    .from(plans)
    .where(eq(plans.code, code))
    .prepare("plan_of_code")
    .execute();
  if (!plan) throw new Error(`a plan was paid that the catalogue does not have: ${code}`);
  return plan;
}
