import { randomUUID } from "node:crypto";
import type { BillingEvent } from "@tintype/core/billing-events";
import {
  disputes,
  overageBills,
  overageCharges,
  payments,
  subscriptions,
  userPreferences,
} from "@tintype/db/schema";
import { asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { previewRefund } from "../src/admin/refund-payment.ts";
import { applyBillingEvent } from "../src/billing/apply-billing-event.ts";
import { billOverage } from "../src/billing/bill-overage.ts";
import { getSubscription } from "../src/billing/get-subscription.ts";
import { grantDueAllowances } from "../src/billing/grant-due-allowances.ts";
import { getBillingPreferences } from "../src/billing/preferences.ts";
import type { AdminActor } from "../src/context.ts";
import { quoteJob } from "../src/jobs/quote-job.ts";
import { imageRequest } from "../src/testing.ts";
import { balanceOf } from "./billing-story.ts";
import { breakUsers } from "./broken-users.ts";
import { conformanceCase } from "./case.ts";
import { overageDesk } from "./overage-desk.ts";
import { customerOf, saveCard, stripeApi } from "./saved-cards.ts";
import { type Buyer, useStripeDesk } from "./stripe-desk.ts";

const story = useStripeDesk({ maxConnections: 12 });
const { desk, clock, buy, settled, pass, findViolations, overhear, deliver } = story;
const { spender, goBeyond } = overageDesk(story);
const MONTH = 32 * 86_400;
const worker = (provider = desk.payments) => ({ ...desk.context(), payments: provider });

type Item = {
  amount: number;
  description: string;
  invoice: string | null;
  metadata: { overageBill?: string };
};
type Invoice = { id: string; status: string; total: number; metadata: { overageBill?: string } };
async function at<T>(ctx: Buyer, path: string): Promise<T[]> {
  const customer = await customerOf(ctx);
  const page = `/v1/${path}?customer=${customer}&limit=100`;
  return (await stripeApi(desk.stripe)<{ data: T[] }>("GET", page)).data;
}
const itemsOf = async (ctx: Buyer) =>
  (await at<Item>(ctx, "invoiceitems")).filter(({ metadata }) => metadata.overageBill);
const invoicesOf = async (ctx: Buyer) =>
  (await at<Invoice>(ctx, "invoices")).filter(({ metadata }) => metadata.overageBill);

const billsOf = (ctx: Buyer) =>
  ctx.db
    .select()
    .from(overageBills)
    .where(eq(overageBills.userId, ctx.actor.userId))
    .orderBy(asc(overageBills.createdAt));
const upcoming = async (ctx: Buyer) => (await getBillingPreferences(ctx)).upcomingOverage;
const chargesOf = (ctx: Buyer) =>
  ctx.db.select().from(overageCharges).where(eq(overageCharges.userId, ctx.actor.userId));

/** Its answers do not arrive. */
const lossyProvider = () => ({
  ...desk.payments,
  billOverage: async (bill: Parameters<typeof desk.payments.billOverage>[0]) => {
    await desk.payments.billOverage(bill);
    throw new Error("the connection was lost");
  },
});

test("without a plan the month's overage is one invoice, an item a tier, paid once and written down", async () => {
  const ctx = await spender();
  const standard = (await goBeyond(ctx)) + (await goBeyond(ctx)) + (await goBeyond(ctx));
  const pro = (await goBeyond(ctx, "pro")) + (await goBeyond(ctx, "pro"));
  await billOverage(worker());
  expect(await billsOf(ctx), "the month is not over").toEqual([]);
  const [year, month] = [clock.now().getUTCFullYear(), clock.now().getUTCMonth()];
  expect(await upcoming(ctx)).toEqual({
    ...{ cents: standard + pro, heldCents: 0, onNextBillCents: 0 },
    ...{ at: new Date(Date.UTC(year, month + 1, 1)), isWithPlan: false, isTooSmall: false },
  });

  await pass(MONTH);
  await Promise.all(Array.from({ length: 4 }, () => billOverage(worker())));
  await settled();
  await billOverage(worker());
  expect((await itemsOf(ctx)).map(({ amount }) => amount).toSorted((a, b) => a - b)).toEqual(
    [standard, pro].toSorted((a, b) => a - b),
  );
  expect(await invoicesOf(ctx)).toMatchObject([{ status: "paid", total: standard + pro }]);
  expect(await upcoming(ctx)).toBeNull();
  const [bill] = await billsOf(ctx);
  expect(bill).toMatchObject({
    amountCents: standard + pro,
    failedAt: null,
    nextAttemptAt: null,
  });
  const [payment] = await ctx.db
    .select()
    .from(payments)
    .where(eq(payments.userId, ctx.actor.userId));
  expect(payment).toMatchObject({ kind: "overage", paidCents: standard + pro });
  for (const charge of await chargesOf(ctx)) {
    expect(charge).toMatchObject({ billId: bill?.id, paymentReference: payment?.reference });
  }
  expect(await balanceOf(ctx)).toMatchObject({ available: 0, held: 0, owed: 0 });
});

test("the answer is lost: asked again two days later, still one invoice", async () => {
  const ctx = await spender();
  const cents = await goBeyond(ctx);
  for (let job = 1; job < 5; job += 1) await goBeyond(ctx);
  await pass(MONTH);
  // Of the month that has begun: it waits for the next bill.
  await goBeyond(ctx);
  await expect(billOverage(worker(lossyProvider()))).rejects.toThrow();
  expect(await billsOf(ctx)).toMatchObject([{ attempts: 1, lastError: "the connection was lost" }]);
  // A day later Stripe has forgotten the keys; what was made is found.
  await pass(2 * 86_400);
  await billOverage(worker());
  await settled();
  expect(await invoicesOf(ctx)).toHaveLength(1);
  expect(await itemsOf(ctx)).toHaveLength(1);
  expect(await billsOf(ctx)).toMatchObject([{ lastError: null, nextAttemptAt: null }]);
  expect((await billsOf(ctx))[0]?.paidAt).not.toBeNull();
  expect((await billsOf(ctx))[0]?.amountCents).toBe(5 * cents);
  expect((await chargesOf(ctx)).filter(({ billId }) => billId === null)).toHaveLength(1);
});

test("too little for a payment waits for more", async () => {
  const ctx = await spender();
  const cents = await goBeyond(ctx);
  expect(cents).toBeLessThan(50);
  expect(await upcoming(ctx)).toMatchObject({ cents, isTooSmall: true });
  await pass(MONTH);
  await billOverage(worker());
  expect(await billsOf(ctx)).toEqual([]);
  for (let job = 0; job < 5; job += 1) await goBeyond(ctx);
  expect(await upcoming(ctx)).toMatchObject({ cents: 6 * cents, isTooSmall: false });
  await pass(MONTH);
  await billOverage(worker());
  expect(await billsOf(ctx)).toMatchObject([{ amountCents: 6 * cents }]);
  await settled();
});

conformanceCase(
  "T8",
  "a yearly plan's limit is each month's, and a month's overage is an invoice of its own as soon as the month is over",
  "rule: limits are monthly, and nobody waits a year for a bill",
  async () => {
    const ctx = await spender();
    await buy(ctx, "plan", "small_year");
    await settled();
    for (let job = 0; job < 20; job += 1) await goBeyond(ctx);
    const cents = await goBeyond(ctx);
    await ctx.db
      .update(userPreferences)
      .set({ overageLimitCents: 6 * cents })
      .where(eq(userPreferences.userId, ctx.actor.userId));
    for (let job = 1; job < 6; job += 1) await goBeyond(ctx);
    const refusal = { problem: { code: "overage_limit_reached", usedCents: 6 * cents } };
    await expect(goBeyond(ctx)).rejects.toMatchObject(refusal);
    await billOverage(worker());
    expect(await billsOf(ctx), "the month is not over").toEqual([]);
    const told = await upcoming(ctx);
    expect(told).toMatchObject({ cents: 6 * cents, isWithPlan: false, isTooSmall: false });
    const wait = ((told?.at.getTime() ?? 0) - clock.now().getTime()) / 1_000;
    await pass(wait - 1);
    await billOverage(worker());
    expect(await billsOf(ctx), "a second before the day that was told").toEqual([]);

    await pass(2);
    await billOverage(worker());
    await settled();
    expect(await billsOf(ctx)).toMatchObject([{ amountCents: 6 * cents, failedAt: null }]);
    expect(await invoicesOf(ctx)).toMatchObject([{ status: "paid", total: 6 * cents }]);
    // The second month has an allowance and a limit of its own.
    await grantDueAllowances(desk.context());
    for (let job = 0; job < 20; job += 1) await goBeyond(ctx);
    for (let job = 0; job < 6; job += 1) await goBeyond(ctx);
    await expect(goBeyond(ctx)).rejects.toMatchObject(refusal);
    await pass(MONTH);
    await billOverage(worker());
    await settled();
    expect((await billsOf(ctx)).map(({ amountCents }) => amountCents)).toEqual([
      6 * cents,
      6 * cents,
    ]);
    expect(await findViolations()).toEqual([]);
  },
);

/** Six images beyond the wallet, billed and paid on an invoice of its own; a seventh was asked for and not delivered. */
async function paidOverage() {
  const ctx = await spender();
  await goBeyond(ctx, "standard", 2);
  for (let job = 1; job < 6; job += 1) await goBeyond(ctx);
  await pass(MONTH);
  const deliveries = await overhear(() => billOverage(worker()));
  const [bill] = await billsOf(ctx);
  const [invoice] = await invoicesOf(ctx);
  const { data } = await stripeApi(desk.stripe)<{
    data: { payment: { payment_intent: string } }[];
  }>("GET", `/v1/invoice_payments?invoice=${invoice?.id}`);
  const reference = data[0]?.payment.payment_intent ?? "";
  return { ctx, cents: bill?.amountCents ?? 0, deliveries, reference };
}

/** Paid, refunded and disputed of one customer, by our books and by the emulator's. */
async function expectSameBooks(ctx: Buyer): Promise<void> {
  const customer = await customerOf(ctx);
  const { userId } = ctx.actor;
  const paid = await ctx.db.select().from(payments).where(eq(payments.userId, userId));
  const told = await ctx.db.select().from(disputes).where(eq(disputes.userId, userId));
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
  const book = desk.stripe.controls.books().find((each) => each.customer === customer);
  expect(book).toMatchObject({
    paid: sum(paid.map(({ paidCents }) => paidCents)),
    refunded: sum(paid.map(({ refundedCents }) => refundedCents)),
    disputed: sum(told.map((each) => (each.status === "won" ? 0 : each.disputedCents))),
  });
  expect(await findViolations()).toEqual([]);
}

conformanceCase(
  "R20",
  "an overage invoice refunded, in part and whole: a favour, no credits move and nobody owes for what was forgiven",
  "rule: what went beyond the wallet was used before it was paid; money that we give back of it is a present",
  async () => {
    const { ctx, cents, deliveries, reference } = await paidOverage();
    for (const delivery of deliveries) await deliver(delivery);
    const of = { userId: ctx.actor.userId, paymentReference: reference };
    const admin = story.contextFor<AdminActor>({
      kind: "user",
      userId: randomUUID(),
      role: "admin",
    });
    expect(await previewRefund(admin, { ...of, cents: 30 })).toMatchObject({
      ...{ refundableCents: 0, leftCents: cents, grantedCredits: 30, unspentCredits: 0 },
      ...{ takenCredits: 0, owedCredits: 0 },
    });
    const refund = { payment: reference, note: "a favour", orderedBy: randomUUID() };
    await desk.payments.refund({ ...refund, amountCents: 30, idempotencyKey: randomUUID() });
    await settled();
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
    await expectSameBooks(ctx);
    await desk.payments.refund({ ...refund, amountCents: null, idempotencyKey: randomUUID() });
    await settled();
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
    await expectSameBooks(ctx);
    // It was paid, so the user may go on.
    await goBeyond(ctx);
  },
);

conformanceCase(
  "R21",
  "an overage invoice disputed: nothing beyond the wallet while it is open; lost, what was used is owed; won, nothing is",
  "rule: what is already spent becomes debt",
  async () => {
    const { ctx, cents, deliveries, reference } = await paidOverage();
    for (const delivery of deliveries) await deliver(delivery);
    const { controls } = desk.stripe;
    const half = Math.floor(cents / 2);
    const [first, second] = [
      controls.dispute(reference, { amount: half }),
      controls.dispute(reference, { amount: cents - half }),
    ];
    await settled();
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
    await expect(goBeyond(ctx)).rejects.toMatchObject({ problem: { code: "overage_unpaid" } });
    controls.closeDispute(first.id, "lost");
    await settled();
    // Half of what was used: of each of the six times five credits, rounded down.
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 12 });
    controls.closeDispute(second.id, "won");
    await settled();
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 12 });
    await expectSameBooks(ctx);
    // The next credits pay it.
    await buy(ctx, "pack", "bundle_30m");
    await settled();
    expect(await balanceOf(ctx)).toEqual({ available: 1_788, held: 0, owed: 0 });
    await expectSameBooks(ctx);
    // That pays for what was used; another loan there is not, and no invoice to pay for one.
    const closed = { isOverageBlocked: true, isOverageDisputed: true };
    expect(await getBillingPreferences(ctx)).toMatchObject(closed);

    // The bank changes its mind: what was paid back returns, and a job that fails gives it back like any other credit.
    const [payment] = await ctx.db.select().from(payments).where(eq(payments.reference, reference));
    if (!payment) throw new Error("it was paid");
    await pass(60);
    const won: BillingEvent = {
      type: "dispute_closed",
      outcome: "won",
      ...{ userId: ctx.actor.userId, dispute: first.id, payment },
      ...{ disputedCents: half, at: clock.now() },
    };
    await ctx.db.transaction((tx) => applyBillingEvent(tx, won, clock.now()));
    expect(await balanceOf(ctx)).toEqual({ available: 1_800, held: 0, owed: 0 });
    const open = { isOverageBlocked: false, isOverageDisputed: false };
    expect(await getBillingPreferences(ctx)).toMatchObject(open);
    const job = await story.startJob(ctx);
    expect(await balanceOf(ctx)).toEqual({ available: 1_795, held: 5, owed: 0 });
    await job.fail();
    expect(await balanceOf(ctx)).toEqual({ available: 1_800, held: 0, owed: 0 });
    expect(await findViolations()).toEqual([]);

    // All of it, and told before the invoice was: the same end in every order.
    for (const outcome of ["lost", "won"] as const) {
      const other = await paidOverage();
      const news = await overhear(async () => {
        const { id } = controls.dispute(other.reference);
        await settled();
        controls.closeDispute(id, outcome);
      });
      for (const delivery of [...other.deliveries, ...news].toReversed()) await deliver(delivery);
      for (const delivery of other.deliveries) await deliver(delivery);
      const owed = outcome === "lost" ? 30 : 0;
      expect(await balanceOf(other.ctx)).toEqual({ available: 0, held: 0, owed });
      await expectSameBooks(other.ctx);
    }
  },
);

test("a card that says no: nothing goes beyond the wallet until the invoice is paid", async () => {
  const ctx = await spender("pm_card_chargeCustomerFail");
  for (let job = 0; job < 5; job += 1) await goBeyond(ctx);
  await pass(MONTH);
  await billOverage(worker());
  await settled();
  const [bill] = await billsOf(ctx);
  expect(bill?.failedAt).not.toBeNull();
  expect(await getBillingPreferences(ctx)).toMatchObject({
    ...{ isOverageBlocked: true, isOverageDisputed: false },
  });
  const { settings } = await imageRequest(ctx);
  expect(await quoteJob(ctx, { settings })).toMatchObject({
    overage: { unpaidCents: bill?.amountCents },
  });
  await expect(goBeyond(ctx)).rejects.toMatchObject({
    problem: { code: "overage_unpaid", unpaidCents: bill?.amountCents },
  });

  await saveCard(desk.stripe, ctx);
  await stripeApi(desk.stripe)("POST", `/v1/invoices/${bill?.invoiceReference}/pay`);
  await settled();
  expect((await getBillingPreferences(ctx)).isOverageBlocked).toBe(false);
  await goBeyond(ctx);
});

test("with a dispute and an unpaid invoice the dispute is named: whoever pays would have nothing opened", async () => {
  const { ctx, deliveries, reference } = await paidOverage();
  for (const delivery of deliveries) await deliver(delivery);
  for (let job = 0; job < 5; job += 1) await goBeyond(ctx);
  await saveCard(desk.stripe, ctx, "pm_card_chargeCustomerFail");
  const { id } = desk.stripe.controls.dispute(reference);
  await pass(MONTH);
  await billOverage(worker());
  await settled();
  const [, unpaid] = await billsOf(ctx);
  expect(unpaid?.failedAt).toBeInstanceOf(Date);
  const { settings } = await imageRequest(ctx);
  const disputed = { isOverageBlocked: true, isOverageDisputed: true };
  expect(await getBillingPreferences(ctx)).toMatchObject(disputed);
  expect(await quoteJob(ctx, { settings })).toMatchObject({ overage: { isDisputed: true } });
  desk.stripe.controls.closeDispute(id, "won");
  await settled();
  const payable = { isOverageBlocked: true, isOverageDisputed: false };
  expect(await getBillingPreferences(ctx)).toMatchObject(payable);
  expect(await quoteJob(ctx, { settings })).toMatchObject({
    overage: { isDisputed: false, unpaidCents: unpaid?.amountCents },
  });
});

test("a plan whose renewal is not paid lends nothing beyond the wallet, until it is", async () => {
  const ctx = await spender();
  await buy(ctx, "plan", "small");
  await settled();
  const { reference } = await planOf(ctx);
  for (let job = 0; job < 21; job += 1) await goBeyond(ctx);
  const call = stripeApi(desk.stripe);
  await saveCard(desk.stripe, ctx, "pm_card_chargeCustomerFail");
  const customer = await customerOf(ctx);
  type Saved = { invoice_settings: { default_payment_method: string } };
  const { invoice_settings } = await call<Saved>("GET", `/v1/customers/${customer}`);
  const { default_payment_method } = invoice_settings;
  await call("POST", `/v1/subscriptions/${reference}`, { default_payment_method });
  await pass(MONTH);
  expect(await planOf(ctx)).toMatchObject({ status: "past_due" });
  const { settings } = await imageRequest(ctx);
  expect(await quoteJob(ctx, { settings })).toMatchObject({
    overage: { isPlanPastDue: true, unpaidCents: null, withinLimit: true },
  });
  await expect(goBeyond(ctx)).rejects.toMatchObject({ problem: { code: "plan_past_due" } });

  const open = `/v1/invoices?customer=${customer}&status=open`;
  const { data } = await call<{ data: { id: string }[] }>("GET", open);
  for (const { id } of data)
    await call("POST", `/v1/invoices/${id}/pay`, { payment_method: "pm_card_visa" });
  await settled();
  // The renewal has brought its allowance: beyond that it is lent again.
  for (let job = 0; job < 20; job += 1) await goBeyond(ctx);
  expect(await quoteJob(ctx, { settings })).toMatchObject({ overage: { isPlanPastDue: false } });
  expect(await goBeyond(ctx)).toBeGreaterThan(0);
});

test("a bill that is cancelled with the plan's invoice waits for no other one", async () => {
  const ctx = await spender();
  await buy(ctx, "plan", "small");
  await settled();
  const { reference } = await planOf(ctx);
  for (let job = 0; job < 26; job += 1) await goBeyond(ctx);
  const { periodEnd } = await planOf(ctx);
  await pass((periodEnd.getTime() - clock.now().getTime()) / 1_000 + 60);
  await billOverage(worker());
  await settled();
  expect(await upcoming(ctx)).toMatchObject({ isWithPlan: true });
  const call = stripeApi(desk.stripe);
  const drafts = `/v1/invoices?subscription=${reference}&status=draft`;
  const { data } = await call<{ data: { id: string }[] }>("GET", drafts);
  for (const { id } of data) {
    await call("POST", `/v1/invoices/${id}/finalize`, { auto_advance: "false" });
    await call("POST", `/v1/invoices/${id}/void`);
  }
  await settled();
  expect(await upcoming(ctx)).toBeNull();
});

test("the invoice of a renewal is open for an hour: what went beyond in the month before goes with it", async () => {
  const ctx = await spender();
  await buy(ctx, "plan", "small");
  await settled();
  for (let job = 0; job < 20; job += 1) await goBeyond(ctx);
  const cents = await goBeyond(ctx);
  const [plan] = await ctx.db
    .select()
    .from(subscriptions)
    .where(eq(subscriptions.userId, ctx.actor.userId));
  expect(await upcoming(ctx)).toEqual({
    ...{ cents, heldCents: 0, onNextBillCents: 0, isWithPlan: true, isTooSmall: false },
    at: plan?.periodEnd,
  });
  const untilRenewal = ((plan?.periodEnd.getTime() ?? 0) - clock.now().getTime()) / 1_000;
  await pass(untilRenewal + 60);
  await billOverage(worker());
  await billOverage(worker());
  await pass(2 * 3_600);
  await billOverage(worker());
  await settled();
  const [bill, ...more] = await billsOf(ctx);
  expect(more).toEqual([]);
  expect(bill?.paidAt).not.toBeNull();
  const paid = await ctx.db.select().from(payments).where(eq(payments.userId, ctx.actor.userId));
  const carried = paid.find(({ reference }) => reference === bill?.paymentReference);
  expect(carried).toMatchObject({ kind: "plan", paidCents: 1_000 + cents });
  expect(await itemsOf(ctx)).toHaveLength(1);
});

test("a monthly plan carries it on its next invoice, and its payment settles both", async () => {
  const ctx = await spender();
  await buy(ctx, "plan", "small");
  await settled();
  // All of the plan's 100 credits, and a little beyond them.
  for (let job = 0; job < 20; job += 1) await goBeyond(ctx);
  const cents = (await goBeyond(ctx)) + (await goBeyond(ctx));
  await pass(MONTH);
  await expect(billOverage(worker(lossyProvider()))).rejects.toThrow();
  // Stripe has forgotten the keys when it is asked again.
  await pass(2 * 86_400);
  await billOverage(worker());
  expect(await billsOf(ctx)).toMatchObject([
    { amountCents: cents, invoiceReference: null, paidAt: null },
  ]);
  expect(await itemsOf(ctx)).toMatchObject([{ amount: cents, invoice: null }]);
  const [plan] = await ctx.db
    .select()
    .from(subscriptions)
    .where(eq(subscriptions.userId, ctx.actor.userId));
  expect(plan?.status).toBe("active");
  // The renewal's invoice was closed by then: now the next one has it.
  expect(await upcoming(ctx)).toMatchObject({ cents: 0, heldCents: 0, onNextBillCents: cents });
  const next = (await getSubscription({ ...ctx, payments: desk.payments }))?.nextBill;
  expect(next?.amountCents).toBe(1_000 + cents);

  await pass(MONTH);
  await billOverage(worker());
  await settled();
  const [bill] = await billsOf(ctx);
  expect(bill?.paidAt).not.toBeNull();
  expect(await billsOf(ctx)).toHaveLength(1);
  expect(await invoicesOf(ctx)).toEqual([]);
  const paid = await ctx.db.select().from(payments).where(eq(payments.userId, ctx.actor.userId));
  const carried = paid.find(({ reference }) => reference === bill?.paymentReference);
  expect(carried).toMatchObject({ kind: "plan", paidCents: 1_000 + cents });
  expect(await findViolations()).toEqual([]);
});

test("a bill that cannot be made keeps nobody else's from being asked for, and is told", async () => {
  const people = [await spender(), await spender(), await spender()];
  for (const ctx of people) for (let job = 0; job < 5; job += 1) await goBeyond(ctx);
  await pass(MONTH);
  const broken = people[0]?.actor.userId ?? "";
  const mend = await breakUsers(desk.context().db, "overage_bills", [broken]);
  await expect(billOverage(worker())).rejects.toThrow(/^1 of \d+ users failed$/);
  const counts = () => Promise.all(people.map(async (ctx) => (await invoicesOf(ctx)).length));
  expect(await counts()).toEqual([0, 1, 1]);
  await mend();
  await billOverage(worker());
  expect(await counts()).toEqual([1, 1, 1]);
  await settled();
});

/** Its line goes dead after the first item of two. */
const dyingProvider = () => ({
  ...desk.payments,
  billOverage: async (bill: Parameters<typeof desk.payments.billOverage>[0]) => {
    await desk.payments.billOverage({ ...bill, lines: bill.lines.slice(0, 1) });
    const call = stripeApi(desk.stripe);
    const path = `/v1/invoiceitems?customer=${bill.customer}&pending=true`;
    const { data } = await call<{ data: { id: string }[] }>("GET", path);
    for (const { id } of data)
      await call("POST", `/v1/invoiceitems/${id}`, { "metadata[overageLines]": "2" });
    throw new Error("the connection was lost");
  },
});
const planOf = async (ctx: Buyer) => {
  const [plan] = await ctx.db
    .select()
    .from(subscriptions)
    .where(eq(subscriptions.userId, ctx.actor.userId));
  if (!plan) throw new Error("a plan was bought");
  return plan;
};
/** A plan's month is over, and of its two lines one waits for the plan's next invoice. @returns what both cost */
async function halfBilled(ctx: Buyer): Promise<number> {
  await buy(ctx, "plan", "small");
  await settled();
  for (let job = 0; job < 20; job += 1) await goBeyond(ctx);
  let cents = 0;
  for (let job = 0; job < 5; job += 1)
    cents += (await goBeyond(ctx)) + (await goBeyond(ctx, "pro"));
  await pass(MONTH);
  await expect(billOverage(worker(dyingProvider()))).rejects.toThrow();
  expect(await itemsOf(ctx)).toMatchObject([{ invoice: null }]);
  return cents;
}

test("half of a bill waits for a plan that has ended meanwhile: all of it goes on one invoice, paid once", async () => {
  const ctx = await spender();
  const cents = await halfBilled(ctx);
  const { reference } = await planOf(ctx);
  await stripeApi(desk.stripe)("DELETE", `/v1/subscriptions/${reference}`);
  await settled();
  await pass(3_600);
  await billOverage(worker());
  await settled();
  await pass(2 * MONTH);
  await billOverage(worker());
  await settled();
  const [invoice, ...more] = await invoicesOf(ctx);
  expect(more).toEqual([]);
  expect(invoice).toMatchObject({ status: "paid", total: cents });
  const items = await itemsOf(ctx);
  expect(items.map((item) => item.invoice)).toEqual([invoice?.id, invoice?.id]);
  const [bill] = await billsOf(ctx);
  expect(bill).toMatchObject({ amountCents: cents, invoiceReference: invoice?.id, failedAt: null });
  expect(bill?.paidAt).not.toBeNull();
});

test("half of a bill is on an invoice of its own when a plan is bought: the rest goes there and it is collected", async () => {
  const ctx = await spender();
  let cents = 0;
  for (let job = 0; job < 5; job += 1)
    cents += (await goBeyond(ctx)) + (await goBeyond(ctx, "pro"));
  await pass(MONTH);
  const half = async (bill: Parameters<typeof desk.payments.billOverage>[0]) => {
    const call = stripeApi(desk.stripe);
    const metadata = { "metadata[overageBill]": bill.id, "metadata[userId]": bill.userId };
    const { customer } = bill;
    const { id: invoice } = await call<{ id: string }>("POST", "/v1/invoices", {
      ...{ customer, ...metadata, auto_advance: "false", currency: "usd" },
      pending_invoice_items_behavior: "exclude",
    });
    const [line] = bill.lines;
    await call("POST", "/v1/invoiceitems", {
      ...{ customer, invoice, ...metadata, currency: "usd", amount: String(line?.cents) },
      ...{ "metadata[tier]": line?.tier ?? "", "metadata[overageLines]": "2" },
    });
    throw new Error("the connection was lost");
  };
  const dying = { ...desk.payments, billOverage: half };
  await expect(billOverage(worker(dying))).rejects.toThrow();
  await buy(ctx, "plan", "small");
  await settled();
  await pass(3_600);
  await billOverage(worker());
  await settled();
  expect(await invoicesOf(ctx)).toMatchObject([{ status: "paid", total: cents }]);
  expect((await itemsOf(ctx)).filter(({ invoice }) => invoice === null)).toEqual([]);
  expect((await billsOf(ctx))[0]?.paidAt).not.toBeNull();
});

test("half of a bill is paid with a renewal before it is asked again: the rest is still asked for, and then it is paid", async () => {
  const ctx = await spender();
  const cents = await halfBilled(ctx);
  await pass(MONTH);
  expect((await billsOf(ctx))[0], "half of it is not all of it").toMatchObject({ paidAt: null });
  await billOverage(worker());
  await pass(MONTH);
  expect((await itemsOf(ctx)).reduce((sum, { amount }) => sum + amount, 0)).toBe(cents);
  expect((await itemsOf(ctx)).filter(({ invoice }) => invoice === null)).toEqual([]);
  expect((await billsOf(ctx))[0]?.paidAt).not.toBeNull();
});
