import { randomUUID } from "node:crypto";
import { SMALLEST_INVOICE_CENTS } from "@tintype/core/billing";
import { reserveOverageBill } from "@tintype/db/credit-functions";
import { overageBills, overageCharges } from "@tintype/db/schema";
import type { OverageBill, PlacedBill } from "@tintype/integrations/payments/payments";
import { and, asc, eq, isNull, lte, sql } from "drizzle-orm";
import type { SystemActor } from "../context.ts";
import { concludeRounds, roundOf } from "../each-user.ts";
import { ensureCustomer, readBuyer } from "./customers.ts";
import { findCurrentSubscription } from "./get-subscription.ts";
import type { PaymentContext } from "./payment-context.ts";
import { nextAttempt } from "./retry-delay.ts";
import { carriesOverage } from "./upcoming-overage.ts";

const PER_ROUND = 100;

type Context = PaymentContext<SystemActor>;
type BillRow = typeof overageBills.$inferSelect;

/**
 * For the schedule: asks for the overage of periods that are over. Reserve in one transaction, ask the provider outside
 * of any, write down what it said; a crash in between is asked again under the same id. Any number of processes may do
 * this at once. @returns how many bills the provider has taken
 * @throws AggregateError at the end of the round: one bill that is refused, or cannot be made, keeps no other waiting
 */
export async function billOverage(ctx: Context): Promise<number> {
  if (!ctx.payments) return 0;
  const now = ctx.now().toISOString();
  // By chance: who owes less than the provider collects stays due, and must not keep others out of the round.
  const due = await ctx.db.execute<{ user_id: string }>(sql`
    select user_id from (select distinct user_id from overage_charges where bill_id is null and billed_cents > 0) unbilled
    where exists (
      select from overage_charges c where c.user_id = unbilled.user_id and c.bill_id is null and c.billed_cents > 0
        and c.created_at < overage_period_start(unbilled.user_id, ${now}::timestamptz)
    ) order by random() limit ${PER_ROUND}`);
  const reserved = await roundOf(
    due.map(({ user_id: userId }) => userId),
    (userId) => reserve(ctx, userId),
  );
  const waiting = await ctx.db
    .select({ id: overageBills.id })
    .from(overageBills)
    .where(lte(overageBills.nextAttemptAt, ctx.now()))
    .orderBy(asc(overageBills.nextAttemptAt))
    .limit(PER_ROUND);
  const placed = await roundOf(
    waiting.map(({ id }) => id),
    (id) => place(ctx, id),
  );
  concludeRounds(reserved, placed);
  return placed.done;
}

/**
 * The same for one user, when the invoice of his plan's next period is about to be collected: what the month before has
 * cost goes with it. @throws AggregateError when the provider has not taken it; it waits for the plan's next invoice
 */
export async function billOverageOf(ctx: Context, userId: string): Promise<boolean> {
  await reserve(ctx, userId);
  const waiting = await ctx.db
    .select({ id: overageBills.id })
    .from(overageBills)
    .where(and(eq(overageBills.userId, userId), lte(overageBills.nextAttemptAt, ctx.now())));
  const round = await roundOf(
    waiting.map(({ id }) => id),
    (id) => place(ctx, id),
  );
  return concludeRounds(round) > 0;
}

async function reserve(ctx: Context, userId: string): Promise<boolean> {
  const minCents = (await planToBillWith(ctx, userId)) ? 1 : SMALLEST_INVOICE_CENTS;
  const billId = randomUUID();
  const order = { userId, billId, minCents, now: ctx.now() };
  return (await reserveOverageBill(ctx.db, order)).outcome === "reserved";
}

async function planToBillWith(ctx: Context, userId: string): Promise<string | null> {
  const plan = await findCurrentSubscription(asUser(ctx, userId));
  return carriesOverage(plan) ? plan.reference : null;
}

const asUser = ({ db, now }: Context, userId: string) => ({
  ...{ db, now },
  actor: { kind: "user", userId, role: "user" } as const,
});

/** Whoever asks has the bill for half a minute or more; who comes in between passes it by. */
async function place(ctx: Context, id: string): Promise<boolean> {
  const now = ctx.now();
  const [due] = await ctx.db.select().from(overageBills).where(eq(overageBills.id, id));
  if (!due?.nextAttemptAt) return false;
  const { attempts } = due;
  const [bill] = await ctx.db
    .update(overageBills)
    .set({ attempts: attempts + 1, nextAttemptAt: nextAttempt(now, attempts) })
    .where(
      and(billIs(due), eq(overageBills.attempts, attempts), lte(overageBills.nextAttemptAt, now)),
    )
    .returning();
  if (!bill) return false;
  try {
    await record(ctx, bill, await ask(ctx, bill));
    return true;
  } catch (error) {
    const lastError = error instanceof Error ? error.message.slice(0, 500) : "not an Error";
    await ctx.db.update(overageBills).set({ lastError }).where(billIs(bill));
    throw error;
  }
}

const billIs = ({ userId, id }: BillRow) =>
  and(eq(overageBills.userId, userId), eq(overageBills.id, id));

async function ask(ctx: Context, { userId, id }: BillRow): Promise<PlacedBill> {
  const { payments } = ctx;
  if (!payments) throw new Error("the payment provider vanished in the middle of a round");
  const user = asUser(ctx, userId);
  const customer = await ensureCustomer(user, payments, await readBuyer(user));
  const subscription = await planToBillWith(ctx, userId);
  return payments.billOverage({
    ...{ id, userId, customer, subscription },
    lines: await linesOf(ctx, userId, id),
  });
}

const linesOf = (ctx: Context, userId: string, billId: string): Promise<OverageBill["lines"]> =>
  ctx.db
    .select({
      tier: overageCharges.modelTier,
      cents: sql`sum(${overageCharges.billedCents})`.mapWith(Number),
      credits: sql`sum(${overageCharges.capturedCredits})`.mapWith(Number),
    })
    .from(overageCharges)
    .where(and(eq(overageCharges.userId, userId), eq(overageCharges.billId, billId)))
    .groupBy(overageCharges.modelTier)
    .orderBy(asc(overageCharges.modelTier));

/** If its webhook was faster, it is paid, and stays so. */
async function record(ctx: Context, bill: BillRow, placed: PlacedBill): Promise<void> {
  await ctx.db
    .update(overageBills)
    .set({ nextAttemptAt: null, lastError: null, invoiceReference: placed.invoice })
    .where(billIs(bill));
  if (!placed.isUnpaid) return;
  await ctx.db
    .update(overageBills)
    .set({ failedAt: ctx.now() })
    .where(and(billIs(bill), isNull(overageBills.paidAt)));
}
