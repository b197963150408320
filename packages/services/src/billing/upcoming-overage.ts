import { SMALLEST_INVOICE_CENTS } from "@tintype/core/billing";
import type { UpcomingOverage } from "@tintype/core/billing-preferences";
import { addMonths, monthIndexAt, monthOf, monthsIn, type Span } from "@tintype/core/periods";
import type { Tx } from "@tintype/db/client";
import { overageBills, overageCharges } from "@tintype/db/schema";
import { and, eq, isNull, sql } from "drizzle-orm";
import type { UserActor } from "../context.ts";
import { findCurrentSubscription, type SubscriptionRow } from "./get-subscription.ts";

/** The bill goes with a monthly plan that goes on; a year is too long to wait, and a plan that ends has no next invoice. */
export const carriesOverage = (plan: SubscriptionRow | null): plan is SubscriptionRow =>
  plan?.status === "active" && plan.interval === "month" && !plan.cancelAtPeriodEnd;

/** What `billOverage` will ask for, and when, as things stand. @returns null when there is nothing */
export async function readUpcomingOverage(
  tx: Tx,
  actor: UserActor,
  now: Date,
): Promise<UpcomingOverage | null> {
  const { userId } = actor;
  const [charged] = await tx
    .select({
      cents: sql`coalesce(sum(${overageCharges.billedCents}), 0)`.mapWith(Number),
      heldCents:
        sql`coalesce(sum(${overageCharges.heldCents}) filter (where ${overageCharges.settledAt} is null), 0)`.mapWith(
          Number,
        ),
    })
    .from(overageCharges)
    .where(and(eq(overageCharges.userId, userId), isNull(overageCharges.billId)));
  const [placed] = await tx
    .select({ cents: sql`coalesce(sum(${overageBills.amountCents}), 0)`.mapWith(Number) })
    .from(overageBills)
    .where(
      and(
        eq(overageBills.userId, userId),
        // The provider has taken them, and no invoice of their own was made.
        ...[isNull(overageBills.nextAttemptAt), isNull(overageBills.invoiceReference)],
        ...[isNull(overageBills.paidAt), isNull(overageBills.failedAt)],
      ),
    );
  const { cents = 0, heldCents = 0 } = charged ?? {};
  const onNextBillCents = placed?.cents ?? 0;
  if (cents + heldCents + onNextBillCents === 0) return null;
  const plan = await findCurrentSubscription({ db: tx, actor });
  const isWithPlan = carriesOverage(plan);
  return {
    ...{ cents, heldCents, onNextBillCents, isWithPlan },
    at: monthAt(plan, now).end,
    isTooSmall: !isWithPlan && cents + heldCents < SMALLEST_INVOICE_CENTS,
  };
}

/** The month whose limit counts; `overage_plan_month` in packages/db/sql is the same rule. */
function monthAt(plan: SubscriptionRow | null, now: Date): Span {
  if (plan && plan.periodStart <= now && plan.periodEnd > now) {
    const period = { start: plan.periodStart, end: plan.periodEnd };
    const months = monthsIn(period, plan.interval);
    return monthOf(period, months, monthIndexAt(period, months, now));
  }
  const start = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  return { start, end: addMonths(start, 1) };
}
