import type { BillingEventOf } from "@tintype/core/billing-events";
import type { Tx } from "@tintype/db/client";
import { paidPeriods, renewals, subscriptions } from "@tintype/db/schema";
import { and, asc, eq, gt, isNotNull, lte, ne, not, notExists, sql } from "drizzle-orm";
import type { SystemActor } from "../context.ts";
import { concludeRounds, type Round, roundOf } from "../each-user.ts";
import { billOverageOf } from "./bill-overage.ts";
import { lockWallet } from "./lock-wallet.ts";
import { type PaymentContext, paymentsOf } from "./payment-context.ts";
import { nextAttempt } from "./retry-delay.ts";

const PER_ROUND = 100;
/** About four days; the provider has given up waiting by then, and collects by itself or has a person look at it. */
const MAX_ATTEMPTS = 24;
/** What is announced takes a moment; later than this the event that names the invoice is late or lost. */
const ANNOUNCED_MS = 120_000;
/** Stripe finalises after 72 hours what nobody has answered. */
const LOST_MS = 75 * 3_600_000;

type Context = PaymentContext<SystemActor>;
type Renewal = typeof renewals.$inferSelect;

/** A step: from now on the schedule collects it. Told again, also when it has been collected, it changes nothing. */
export async function recordRenewal(
  tx: Tx,
  {
    userId,
    subscription,
    invoice,
  }: Pick<BillingEventOf<"renewal_drafted">, "userId" | "subscription" | "invoice">,
  now: Date,
): Promise<void> {
  await tx
    .insert(renewals)
    .values({
      ...{ userId, invoiceReference: invoice, subscriptionReference: subscription },
      ...{ nextAttemptAt: now, createdAt: now },
    })
    .onConflictDoNothing({ target: [renewals.userId, renewals.invoiceReference] });
}

/**
 * For the schedule: finalises and collects the invoices of new periods, each with what its month went beyond the wallet.
 * Claimed in one statement, asked for outside of any transaction, the answer written down; a crash in between is asked
 * again. Any number of processes may do this at once. @returns how many invoices were asked for
 * @throws AggregateError at the end of the round: one that is refused keeps no other waiting
 */
export async function collectRenewals(ctx: Context): Promise<number> {
  if (!ctx.payments) return 0;
  const due = await ctx.db
    .select()
    .from(renewals)
    .where(lte(renewals.nextAttemptAt, ctx.now()))
    .orderBy(asc(renewals.nextAttemptAt))
    .limit(PER_ROUND);
  const byInvoice = new Map(due.map((row) => [row.invoiceReference, row]));
  return concludeRounds(
    await roundOf([...byInvoice.keys()], (invoice) => collect(ctx, byInvoice.get(invoice))),
  );
}

/** Whoever asks has it for half a minute or more; who comes in between passes it by. */
async function collect(ctx: Context, due: Renewal | undefined): Promise<boolean> {
  if (!due) return false;
  const now = ctx.now();
  const attempts = due.attempts + 1;
  const isLast = attempts >= MAX_ATTEMPTS;
  const claimed = await ctx.db
    .update(renewals)
    .set({ attempts, nextAttemptAt: isLast ? null : nextAttempt(now, due.attempts) })
    .where(and(isRow(due), eq(renewals.attempts, due.attempts), isNotNull(renewals.nextAttemptAt)))
    .returning({ invoice: renewals.invoiceReference });
  if (claimed.length === 0) return false;
  try {
    // Whatever becomes of it, nobody waits an hour for credits because of it: what is not on the invoice goes on the next.
    const overage = await roundOf([due.userId], (userId) => billOverageOf(ctx, userId));
    await paymentsOf(ctx).collectRenewal(due.invoiceReference);
    await ctx.db.update(renewals).set({ nextAttemptAt: null, lastError: null }).where(isRow(due));
    concludeRounds(overage);
    return true;
  } catch (error) {
    const lastError = error instanceof Error ? error.message.slice(0, 500) : "not an Error";
    await ctx.db.update(renewals).set({ lastError }).where(isRow(due));
    throw error;
  }
}

const isRow = ({ userId, invoiceReference }: Renewal) =>
  and(eq(renewals.userId, userId), eq(renewals.invoiceReference, invoiceReference));

/**
 * For the schedule: asks the provider for invoices whose event has not come. Without it a lost webhook would cost its
 * plan's owner an hour, and one that is refused each time three days. @returns for how many plans one was found
 */
export async function findLostRenewals(ctx: Context): Promise<number> {
  const { payments } = ctx;
  if (!payments) return 0;
  const plans = new Map((await waitingPlans(ctx)).map((plan) => [plan.reference, plan.userId]));
  const round: Round = await roundOf([...plans.keys()], async (subscription) => {
    const invoices = await payments.findRenewals(subscription);
    const userId = plans.get(subscription);
    if (userId === undefined || invoices.length === 0) return false;
    await ctx.db.transaction(async (tx) => {
      await lockWallet(tx, userId, ctx.now());
      for (const invoice of invoices)
        await recordRenewal(tx, { userId, subscription, invoice }, ctx.now());
    });
    return true;
  });
  return concludeRounds(round);
}

/** Plans that go on, whose paid time ended a while ago, and of which no invoice is being collected. */
function waitingPlans({ db, now }: Context) {
  const at = now();
  const before = (ms: number) => new Date(at.getTime() - ms);
  const boundary = sql`case when ${subscriptions.periodEnd} <= ${at.toISOString()}::timestamptz
    then ${subscriptions.periodEnd} else ${subscriptions.periodStart} end`;
  const isBefore = (ms: number) => sql`${boundary} <= ${before(ms).toISOString()}::timestamptz`;
  const ofPlan = and(
    eq(paidPeriods.userId, subscriptions.userId),
    eq(paidPeriods.subscriptionReference, subscriptions.reference),
    gt(paidPeriods.endsAt, at),
  );
  const collecting = and(
    eq(renewals.userId, subscriptions.userId),
    eq(renewals.subscriptionReference, subscriptions.reference),
    gt(renewals.createdAt, before(LOST_MS)),
  );
  return db
    .select({ userId: subscriptions.userId, reference: subscriptions.reference })
    .from(subscriptions)
    .where(
      and(
        ...[ne(subscriptions.status, "cancelled"), ne(subscriptions.status, "paused")],
        isBefore(ANNOUNCED_MS),
        not(isBefore(LOST_MS)),
        notExists(db.select({ one: sql`1` }).from(paidPeriods).where(ofPlan)),
        notExists(db.select({ one: sql`1` }).from(renewals).where(collecting)),
      ),
    )
    .orderBy(sql`random()`)
    .limit(PER_ROUND);
}
