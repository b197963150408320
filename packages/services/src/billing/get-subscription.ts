import type {
  BillingCatalogue,
  EndedPlan,
  FailedPaymentView,
  SubscriptionView,
} from "@tintype/core/billing-inputs";
import type { Plan } from "@tintype/core/catalogue";
import { DomainError } from "@tintype/core/problems";
import type { Db, Tx } from "@tintype/db/client";
import { failedPayments, paidPeriods, plans, subscriptions } from "@tintype/db/schema";
import { and, asc, desc, eq, gt, isNotNull, isNull, ne, or } from "drizzle-orm";
import { listPlansAndPacks } from "../catalogue/catalogue.ts";
import type { AnonymousActor, ServiceContext, UserActor } from "../context.ts";
import { readAsUser } from "../read-as-user.ts";
import { answeredSoon, type PaymentContext } from "./payment-context.ts";

type Reader = { db: Db | Tx; actor: UserActor };
export type SubscriptionRow = typeof subscriptions.$inferSelect;

/** What is sold here, and which of it the reader has. */
export async function getBillingCatalogue(
  ctx: PaymentContext<UserActor | AnonymousActor>,
): Promise<BillingCatalogue> {
  const { db, actor, payments } = ctx;
  return {
    ...(await listPlansAndPacks(db)),
    ...(actor.kind === "user" ? await plansOf({ db, actor }) : noPlans),
    isOpen: payments !== null,
  };
}

type OwnPlans = Omit<BillingCatalogue, "plans" | "packs" | "isOpen">;
const noPlans: OwnPlans = {
  currentPlanCode: null,
  planStatus: null,
  nextPlanCode: null,
  endedPlan: null,
};

const plansOf = ({ db, actor }: { db: Db; actor: UserActor }): Promise<OwnPlans> =>
  readAsUser({ db, actor }, async (tx) => {
    const reader = { db: tx, actor };
    const current = await findCurrentSubscription(reader);
    if (!current) return { ...noPlans, endedPlan: await findEndedPlan(reader) };
    const { planCode: currentPlanCode, status: planStatus, nextPlanCode } = current;
    return { currentPlanCode, planStatus, nextPlanCode, endedPlan: null };
  });

/** The plan somebody has, with the next bill as the provider reckons it; null without a plan. */
export async function getSubscription(
  ctx: PaymentContext<UserActor>,
): Promise<SubscriptionView | null> {
  const known = await readAsUser(ctx, (tx) => readKnown({ ...ctx, db: tx }));
  if (!known) return null;
  const { current, plan, isPaid, debit } = known;
  // Whoever is asked to pay what is on its way pays twice.
  const failedPayment = debit ? null : known.failedPayment;
  const { status, periodStart, periodEnd, cancelAtPeriodEnd, nextPlanCode } = current;
  const { bill, isNextBillKnown } = await previewBill(ctx, current.reference);
  const isPaused = status === "paused";
  // Without a next bill the plan ends with its period; going on costs what it costs.
  const unpaidCents = isNextBillKnown ? (bill?.amountCents ?? plan.priceCents) : null;
  const resumeCents = isPaid ? 0 : unpaidCents;
  return {
    ...{ status, periodStart, periodEnd, cancelAtPeriodEnd, nextPlanCode },
    plan,
    nextBill: isPaused ? null : bill,
    isNextBillKnown,
    isPaid,
    canPause: canPause(current, isPaid),
    resumeCents: isPaused ? resumeCents : null,
    isRenewing: status === "active" && !isPaid && !failedPayment?.isPlan && !debit,
    ...{ debit, failedPayment },
  };
}

/** What our own books know is shown though the provider is away. */
async function previewBill({ payments }: Pick<PaymentContext, "payments">, reference: string) {
  try {
    const bill = payments && (await answeredSoon(payments.previewNextBill(reference)));
    return { bill, isNextBillKnown: true };
  } catch (error) {
    const isAway = error instanceof DomainError && error.problem.code === "payments_unavailable";
    if (!isAway) throw error;
    return { bill: null, isNextBillKnown: false };
  }
}

async function readKnown(ctx: Reader & Pick<ServiceContext, "now">) {
  const current = await findCurrentSubscription(ctx);
  if (!current) return null;
  return {
    current,
    plan: await readPlan(ctx, current.planCode),
    isPaid: await isPeriodPaid(ctx, current),
    failedPayment: await findFailedPayment(ctx, current.reference),
    debit: await findDebit(ctx, current.reference),
  };
}

/** A bank debit for the plan that is under way. */
async function findDebit(
  { db, actor }: Reader,
  subscription: string,
): Promise<SubscriptionView["debit"]> {
  const [row] = await db
    .select()
    .from(failedPayments)
    .where(
      and(
        ...[eq(failedPayments.userId, actor.userId), isNull(failedPayments.resolvedAt)],
        ...[
          eq(failedPayments.subscriptionReference, subscription),
          isNotNull(failedPayments.processingAt),
        ],
      ),
    )
    .orderBy(desc(failedPayments.processingAt))
    .limit(1);
  if (!row?.processingAt) return null;
  return { amountDueCents: row.amountDueCents, startedAt: row.processingAt };
}

/** A year is paid for and gives its months whatever is paused; and of two plans for one day only one can be true. */
export const canPause = (current: SubscriptionRow, isPaid: boolean): boolean =>
  isPaid &&
  current.status === "active" &&
  current.interval === "month" &&
  !current.cancelAtPeriodEnd &&
  current.nextPlanCode === null;

/** Whether the period that runs has been paid: a paused plan's are not, and a renewal's is not at once. */
export async function isPeriodPaid(
  { db, actor, now }: Reader & Pick<ServiceContext, "now">,
  { reference }: SubscriptionRow,
): Promise<boolean> {
  const [row] = await db
    .select({ reference: paidPeriods.reference })
    .from(paidPeriods)
    .where(
      and(
        eq(paidPeriods.userId, actor.userId),
        eq(paidPeriods.subscriptionReference, reference),
        gt(paidPeriods.endsAt, now()),
      ),
    )
    .limit(1);
  return row !== undefined;
}

/** The last one that has ended, and whether for want of money. */
async function findEndedPlan(ctx: Reader): Promise<EndedPlan | null> {
  const [ended] = await ctx.db
    .select()
    .from(subscriptions)
    .where(eq(subscriptions.userId, ctx.actor.userId))
    .orderBy(desc(subscriptions.stateAt))
    .limit(1);
  if (!ended) return null;
  const { name } = await readPlan(ctx, ended.planCode);
  const unpaid = await findFailedPayment(ctx, ended.reference, "only");
  return { name, endedAt: ended.stateAt, wasUnpaid: unpaid !== null };
}

/** The newest one that has not ended. */
export async function findCurrentSubscription({
  db,
  actor,
}: Reader): Promise<SubscriptionRow | null> {
  const [row] = await db
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.userId, actor.userId), ne(subscriptions.status, "cancelled")))
    .orderBy(desc(subscriptions.periodEnd))
    .limit(1);
  return row ?? null;
}

/** A plan that is no longer sold is still somebody's. */
export async function readPlan({ db }: Pick<Reader, "db">, code: string): Promise<Plan> {
  const [row] = await db.select().from(plans).where(eq(plans.code, code));
  if (!row) throw new Error(`the plan ${code} is taken and not in the catalogue`);
  const { name, priceCents, interval, allowanceCredits } = row;
  return { code, name, priceCents, currency: "usd", interval, allowanceCredits };
}

/**
 * What waits to be paid for a plan or, where that is paid, beside any plan. What a plan before has left behind is among
 * the invoices: it does not hold this one up.
 */
async function findFailedPayment(
  { db, actor }: Reader,
  subscription: string,
  alone?: "only",
): Promise<FailedPaymentView | null> {
  const ofPlan = eq(failedPayments.subscriptionReference, subscription);
  const [row] = await db
    .select()
    .from(failedPayments)
    .where(
      and(
        eq(failedPayments.userId, actor.userId),
        isNull(failedPayments.resolvedAt),
        gt(failedPayments.retryCount, 0),
        alone ? ofPlan : or(ofPlan, isNull(failedPayments.subscriptionReference)),
      ),
    )
    .orderBy(asc(isNull(failedPayments.subscriptionReference)), desc(failedPayments.failedAt))
    .limit(1);
  if (!row) return null;
  const { amountDueCents, retryCount, nextRetryAt, payUrl, failedAt } = row;
  return {
    isPlan: row.subscriptionReference !== null,
    ...{ amountDueCents, attempts: retryCount, nextAttemptAt: nextRetryAt, payUrl, failedAt },
  };
}
