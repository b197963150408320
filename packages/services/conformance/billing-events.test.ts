import type { BillingEvent } from "@tintype/core/billing-events";
import { addMonths } from "@tintype/core/periods";
import { creditGrants, disputes, paidPeriods, payments, subscriptions } from "@tintype/db/schema";
import { asc, eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { applyBillingEvent } from "../src/billing/apply-billing-event.ts";
import { grantDueAllowances } from "../src/billing/grant-due-allowances.ts";
import { sweepExpiredCredits } from "../src/credits/expire-credits.ts";
import {
  balanceOf,
  bucketsOf,
  type Customer,
  days,
  later,
  useBillingStory,
} from "./billing-story.ts";
import { conformanceCase } from "./case.ts";
import type { eventsOf } from "./provider-events.ts";

const { clock, tell, customer, until, parts, workerContext } = useBillingStory({
  maxConnections: 8,
});

conformanceCase(
  "W4",
  "same payment, other event id: the credits are granted once",
  "open-saas#688: a different event id doubled the credits",
  async () => {
    const { ctx, events } = await customer();
    const now = clock.now();
    const payment = events.facts("pi_once", 1_000, now);
    // Two deliveries that share nothing but the payment: other second, other words around it.
    const first = events.pack(now, { payment });
    const second = events.pack(now, {
      payment: { ...payment, productCode: "creator", paidAt: later(now, 1_000) },
    });
    await tell(first, second);
    expect(await bucketsOf(ctx)).toEqual(["purchase 10"]);
    const [row] = await ctx.db.select().from(payments).where(eq(payments.userId, ctx.actor.userId));
    expect(row).toMatchObject({ paidCents: 1_000, productCode: "creator", paidAt: now });
  },
);

conformanceCase(
  "W6",
  "invoice.paid before subscription.created: granted, and the newest state counts, not the last to arrive",
  "laravel/cashier-stripe#1201: created came after updated and left the subscription incomplete",
  async () => {
    const { ctx, events } = await customer();
    const start = clock.now();
    const period = { start, end: addMonths(start, 1) };
    await tell(events.period("small", period));
    expect(await balanceOf(ctx)).toMatchObject({ available: 100 });
    const updated = events.subscription(later(start, 2_000), period, { nextPlanCode: "medium" });
    const created = events.subscription(later(start, 1_000), period, { status: "past_due" });
    await tell(updated, created);
    expect(await subscriptionOf(ctx)).toMatchObject({ status: "active", nextPlanCode: "medium" });
    // Two states of one second end the same in both orders; nothing comes after the end.
    const sameSecond = events.subscription(later(start, 2_000), period, { status: "paused" });
    await tell(sameSecond);
    const other = await customer();
    await tell(
      ...[sameSecond, updated].map((event) => ({ ...event, userId: other.ctx.actor.userId })),
    );
    expect((await subscriptionOf(other.ctx))?.status).toBe((await subscriptionOf(ctx))?.status);
    await tell(events.subscription(later(start, 3_000), period, { status: "cancelled" }));
    await tell(events.subscription(later(start, 4_000), period));
    expect(await subscriptionOf(ctx)).toMatchObject({ status: "cancelled" });
  },
);

conformanceCase(
  "W8",
  "20 days late: what was paid for is there, until when it was paid for",
  "rule: the provider repeats for weeks; what was paid for is neither lost nor granted for longer than it was paid",
  async () => {
    const { ctx, events } = await customer();
    const start = clock.now();
    const month = { start, end: addMonths(start, 1) };
    const year = { start, end: addMonths(start, 12) };
    await until(later(start, days(20)));
    await tell(events.pack(start), events.period("small", month));
    expect(await bucketsOf(ctx)).toEqual([
      `allowance 100 until ${month.end.toISOString()}`,
      "purchase 10",
    ]);
    // A refund that overtakes its payment by weeks: the credits are gone when they come.
    const other = await customer();
    await tell(other.events.refund(clock.now(), 400));
    await until(later(start, days(40)));
    await tell(other.events.pack(start), other.events.period("small_year", year));
    const second = addMonths(start, 2);
    // The first month of the year is over; what was not used of it has rolled over into the second.
    expect(await bucketsOf(other.ctx)).toEqual([
      `rollover 100 until ${later(second, -1).toISOString()}`,
      `allowance 100 until ${second.toISOString()}`,
      "purchase 6",
    ]);
  },
);

/**
 * A purchase, two months, two upgrades, refunds, two disputes about one payment and the subscription's states; days
 * count from `start`. The first dispute ends with `outcome`, the second one the other way.
 */
function storyOf(events: ReturnType<typeof eventsOf>, start: Date, outcome: "won" | "lost") {
  const at = (day: number) => later(start, days(day));
  const [june, july] = [
    { start, end: at(30) },
    { start: at(30), end: at(60) },
  ];
  const upgradePayment = events.facts(`pi_up_${at(36).toISOString()}`, 500, at(36));
  const invoice = events.invoiceOf(start);
  const first = { dispute: "dp_1", disputedCents: 600, payment: invoice };
  const second = { dispute: "dp_2", disputedCents: 400, payment: invoice };
  const story: [day: number, event: BillingEvent][] = [
    [0, events.pack(at(0))],
    [0, events.period("small", june)],
    [0, events.subscription(at(0), june)],
    [3, events.refund(at(3), 333)],
    [9, events.refund(at(9), 666)],
    [11, events.dispute(at(11), first)],
    [12, events.dispute(at(12), second)],
    [30, events.subscription(at(30), july, { status: "past_due" })],
    [31, events.subscription(at(31), july)],
    [31, events.period("small", july)],
    [33, events.upgrade("small", "medium", at(33), july)],
    [36, events.upgrade("medium", "large", at(36), july)],
    [38, events.refund(at(38), 250, upgradePayment)],
    [40, events.closed(at(40), outcome, first)],
    [41, events.closed(at(41), outcome === "won" ? "lost" : "won", second)],
  ];
  return story;
}

/** Everything that can be seen of a customer afterwards, but for when it was written and in how many steps. */
async function endOf(ctx: Customer) {
  const { db } = ctx;
  const { userId } = ctx.actor;
  const usable = await db
    .select({
      source: creditGrants.source,
      expiresAt: creditGrants.expiresAt,
      payment: creditGrants.paymentReference,
      available: sql<number>`${creditGrants.available}::int`,
      frozen: sql<number>`${creditGrants.frozen}::int`,
      owed: sql<number>`${creditGrants.owed}::int`,
    })
    .from(creditGrants)
    .where(
      sql`${creditGrants.userId} = ${userId} and ${creditGrants.available} + ${creditGrants.frozen} + ${creditGrants.owed} > 0`,
    );
  const paid = await db
    .select()
    .from(payments)
    .where(eq(payments.userId, userId))
    .orderBy(asc(payments.reference));
  const disputed = await db
    .select()
    .from(disputes)
    .where(eq(disputes.userId, userId))
    .orderBy(asc(disputes.reference));
  const lines = await db
    .select()
    .from(paidPeriods)
    .where(eq(paidPeriods.userId, userId))
    .orderBy(asc(paidPeriods.reference));
  const subscription = await subscriptionOf(ctx);
  return {
    balance: await balanceOf(ctx),
    usable: usable.map((grant) => JSON.stringify(grant)).toSorted(),
    paid: paid.map(({ userId: _, updatedAt: __, ...row }) => row),
    disputed: disputed.map(({ userId: _, updatedAt: __, ...row }) => row),
    lines: lines.map(({ userId: _, createdAt: __, ...row }) => row),
    subscription: subscription && { ...subscription, userId: "", createdAt: "", updatedAt: "" },
  };
}

async function subscriptionOf(ctx: Customer) {
  const [row] = await ctx.db
    .select()
    .from(subscriptions)
    .where(eq(subscriptions.userId, ctx.actor.userId));
  return row;
}

const outcomes = fc.constantFrom("won" as const, "lost" as const);
const LAST_DAY = 55;

test("a story ends the same in every order, told twice or more often, on time or weeks late", async () => {
  // In thousandths: doubles between 0 and 1 are nearly all next to 0, and nothing would come late.
  const share = fc.nat({ max: 1_000 }).map((part) => part / 1_000);
  const delivery = fc.record({
    outcome: outcomes,
    // For each event when it comes, and once more: 0 is at once, 1 at the last moment.
    delays: fc.array(fc.tuple(share, fc.option(share)), {
      minLength: 15,
      maxLength: 15,
    }),
  });
  await fc.assert(
    fc.asyncProperty(delivery, async ({ outcome, delays }) => {
      const start = clock.now();
      const [shuffled, inOrder] = [await customer(), await customer()];
      const arrivals = storyOf(shuffled.events, start, outcome).flatMap(([day, event], index) =>
        (delays[index] ?? []).flatMap((delay) =>
          delay === null ? [] : [{ day: day + delay * (LAST_DAY - day), event }],
        ),
      );
      for (const { day, event } of arrivals.toSorted((a, b) => a.day - b.day)) {
        await until(later(start, Math.ceil(days(day))));
        await tell(event);
      }
      await until(later(start, days(LAST_DAY)));
      await tell(...storyOf(inOrder.events, start, outcome).map(([, event]) => event));
      const end = await endOf(inOrder.ctx);
      expect(await endOf(shuffled.ctx)).toEqual(end);
      // 10 − 6 of the pack; 100 + 200 × 27/30 + (200 × 24/30 less half of it) of July; of June what was not lost.
      const expected = 4 + 100 + 180 + 80 + (outcome === "won" ? 60 : 40);
      expect(end.balance).toEqual({ available: expected, held: 0, owed: 0 });
    }),
    { numRuns: 8, seed: 20_261_121 },
  );
}, 240_000);

test("all deliveries at once over eight connections, a fifth of them twice, beside two schedules: the same end", async () => {
  const { db } = parts.database;
  await Promise.all(Array.from({ length: 8 }, () => db.execute(sql`select pg_sleep(0.02)`)));
  const start = clock.now();
  await until(later(start, days(LAST_DAY)));
  const crowd = await Promise.all(Array.from({ length: 6 }, () => customer()));
  const reference = await customer();
  const deliveries = crowd.flatMap(({ events }) => {
    const told = storyOf(events, start, "won").map(([, event]) => event);
    return [...told, ...told.filter((_, index) => index % 5 === 0)];
  });
  const order = fc.sample(fc.shuffledSubarray(deliveries, { minLength: deliveries.length }), {
    numRuns: 1,
    seed: 7,
  })[0];
  await Promise.all([
    ...(order ?? []).map((event) =>
      db.transaction((tx) => applyBillingEvent(tx, event, clock.now())),
    ),
    grantDueAllowances(workerContext()),
    grantDueAllowances(workerContext()),
    sweepExpiredCredits(workerContext()),
  ]);
  await tell(...storyOf(reference.events, start, "won").map(([, event]) => event));
  const end = await endOf(reference.ctx);
  for (const { ctx } of crowd) expect(await endOf(ctx)).toEqual(end);
});
