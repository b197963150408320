import type {
  BillingCatalogue,
  FailedPaymentView,
  SubscriptionView,
} from "@tintype/core/billing-inputs";
import type { Plan } from "@tintype/core/catalogue";
import { failedPayments, plans, subscriptions } from "@tintype/db/schema";
import { and, desc, eq, gt, isNull, ne } from "drizzle-orm";
import { listPlansAndPacks } from "../catalogue/catalogue.ts";
import type { AnonymousActor, ServiceContext, UserActor } from "../context.ts";
import type { PaymentContext } from "./payment-context.ts";

type Context = Pick<ServiceContext<UserActor>, "db" | "actor">;
export type SubscriptionRow = typeof subscriptions.$inferSelect;

/** What is sold here, and which of it the reader has. */
export async function getBillingCatalogue(
  ctx: PaymentContext<UserActor | AnonymousActor>,
): Promise<BillingCatalogue> {
  const { db, actor, payments } = ctx;
  const current = actor.kind === "user" ? await findCurrentSubscription({ db, actor }) : null;
  return {
    ...(await listPlansAndPacks(db)),
    currentPlanCode: current?.planCode ?? null,
    isOpen: payments !== null,
  };
}

/** The plan somebody has, with the next bill as the provider reckons it; null without a plan. */
export async function getSubscription(
  ctx: PaymentContext<UserActor>,
): Promise<SubscriptionView | null> {
  const current = await findCurrentSubscription(ctx);
  if (!current) return null;
  const { status, periodStart, periodEnd, cancelAtPeriodEnd, nextPlanCode } = current;
  const bill = (await ctx.payments?.previewNextBill(current.reference)) ?? null;
  return {
    ...{ status, periodStart, periodEnd, cancelAtPeriodEnd, nextPlanCode },
    plan: await readPlan(ctx, current.planCode),
    nextBill: bill,
    failedPayment: await findFailedPayment(ctx),
  };
}

/** The newest one that has not ended. */
export async function findCurrentSubscription({
  db,
  actor,
}: Context): Promise<SubscriptionRow | null> {
  const [row] = await db
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.userId, actor.userId), ne(subscriptions.status, "cancelled")))
    .orderBy(desc(subscriptions.periodEnd))
    .limit(1);
  return row ?? null;
}

/** A plan that is no longer sold is still somebody's. */
export async function readPlan({ db }: Pick<Context, "db">, code: string): Promise<Plan> {
  const [row] = await db.select().from(plans).where(eq(plans.code, code));
  if (!row) throw new Error(`the plan ${code} is taken and not in the catalogue`);
  const { name, priceCents, interval, allowanceCredits } = row;
  return { code, name, priceCents, currency: "usd", interval, allowanceCredits };
}

async function findFailedPayment({ db, actor }: Context): Promise<FailedPaymentView | null> {
  const [row] = await db
    .select()
    .from(failedPayments)
    .where(
      and(
        eq(failedPayments.userId, actor.userId),
        isNull(failedPayments.resolvedAt),
        gt(failedPayments.retryCount, 0),
      ),
    )
    .orderBy(desc(failedPayments.failedAt))
    .limit(1);
  if (!row) return null;
  const { amountDueCents, retryCount, nextRetryAt, payUrl, failedAt } = row;
  return { amountDueCents, attempts: retryCount, nextAttemptAt: nextRetryAt, payUrl, failedAt };
}
