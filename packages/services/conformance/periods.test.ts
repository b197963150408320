import { addMonths } from "@tintype/core/periods";
import { creditEvents, creditGrants, subscriptions } from "@tintype/db/schema";
import { and, asc, eq, sql } from "drizzle-orm";
import { expect, vi } from "vitest";
import { applyBillingEvent } from "../src/billing/apply-billing-event.ts";
import { grantDueAllowances } from "../src/billing/grant-due-allowances.ts";
import { grantCredits } from "../src/credits/grants.ts";
import {
  balanceOf,
  bucketsOf,
  type Customer,
  days,
  later,
  useBillingStory,
} from "./billing-story.ts";
import { conformanceCase } from "./case.ts";

// Plans by a clock: small gives 100 credits a month, medium 300, large 500.
const { clock, tell, customer, startJob, until, parts, workerContext } = useBillingStory();
const until1ms = (time: Date) => `until ${later(time, -1).toISOString()}`;
const untilEnd = (time: Date) => `until ${time.toISOString()}`;
const monthFrom = (start: Date, count = 0) => ({
  start: addMonths(start, count),
  end: addMonths(start, count + 1),
});
const grantsOf = (ctx: Customer) =>
  ctx.db
    .select()
    .from(creditGrants)
    .where(eq(creditGrants.userId, ctx.actor.userId))
    .orderBy(asc(creditGrants.issuedSeq));

conformanceCase(
  "P1",
  "renewal keeps packs and promos; so do a smaller plan and a cancel",
  "anthropics/claude-code#23674, creatorai-app/creatorai#234: credits bought or earned were gone after the renewal",
  async () => {
    const { ctx, events } = await customer();
    const start = clock.now();
    await grantCredits(ctx.db, {
      userId: ctx.actor.userId,
      source: "promo",
      category: "promo",
      amount: 7,
      idempotencyKey: "promo:spring",
      now: start,
      actor: { actorKind: "system", actorId: "test" },
    });
    const [first, second] = [monthFrom(start), monthFrom(start, 1)];
    await tell(events.pack(start), events.period("large", first));
    await until(first.end);
    await tell(events.period("small", second));
    await until(second.end);
    await tell(events.subscription(second.end, second, { status: "cancelled" }));
    expect(await bucketsOf(ctx)).toEqual(["promo 7", "purchase 10"]);
  },
);

conformanceCase(
  "P2",
  "rollover cap: one allowance of the new period, for one more period, and only allowance rolls",
  "rule (seed 000): what rolls over is at most one allowance of the new period",
  async () => {
    const { ctx, events } = await customer();
    const start = clock.now();
    const months = [0, 1, 2].map((count) => monthFrom(start, count)) as [Span, Span, Span];
    await tell(events.period("medium", months[0]));
    await until(months[0].end);
    // A smaller plan from here on: 300 are left, 100 roll over.
    await tell(events.period("small", months[1]));
    expect(await bucketsOf(ctx)).toEqual([
      `rollover 100 ${until1ms(months[1].end)}`,
      `allowance 100 ${untilEnd(months[1].end)}`,
    ]);
    await until(months[1].end);
    // What has rolled over once does not do so again: 100 from the allowance, none from the rollover.
    await tell(events.period("small", months[2]));
    expect(await bucketsOf(ctx)).toEqual([
      `rollover 100 ${until1ms(months[2].end)}`,
      `allowance 100 ${untilEnd(months[2].end)}`,
    ]);
  },
);

conformanceCase(
  "P3",
  "rollover into the right bucket: used before the allowance beside it, refunded with the payment it came from",
  "autumn#2266: what rolled over landed on another bucket, whose cap of nothing wiped it",
  async () => {
    const { ctx, events } = await customer();
    const start = clock.now();
    const [first, second] = [monthFrom(start), monthFrom(start, 1)];
    await tell(events.period("small", first));
    await (await startJob(ctx)).complete();
    await until(first.end);
    await tell(events.pack(first.end), events.period("large", second));
    const [allowance, pack, renewed, rollover] = await grantsOf(ctx);
    expect(rollover).toMatchObject({
      source: "rollover",
      amount: 95,
      rolledOverFrom: allowance?.id,
      paymentReference: allowance?.paymentReference,
      periodReference: renewed?.periodReference,
      costBasisCents: 950,
    });
    expect(pack).toMatchObject({ source: "purchase", available: 10 });
    // It is used before the allowance it stands beside, for it does not roll over again.
    await (await startJob(ctx)).complete();
    expect(await bucketsOf(ctx)).toEqual([
      `rollover 90 ${until1ms(second.end)}`,
      `allowance 500 ${untilEnd(second.end)}`,
      "purchase 10",
    ]);
  },
);

conformanceCase(
  "P4",
  "down→up→down gains nothing, whichever is told first",
  "theopenco/llmgateway#2479: each way down and up again brought a fresh allowance",
  async () => {
    const { ctx, events } = await customer();
    const start = clock.now();
    const period = { start, end: later(start, days(30)) };
    await tell(events.period("large", period));
    // The provider applies downgrades at once: 500, down to 100, and up to 500 again, three times.
    for (const day of [5, 10, 15]) {
      await until(later(start, days(day)));
      await tell(events.upgrade("small", "large", clock.now(), period));
    }
    expect(await bucketsOf(ctx)).toEqual([`allowance 500 ${untilEnd(period.end)}`]);
    // Told in the other order, the first period last: the same.
    const other = await customer();
    const up = other.events.upgrade("small", "large", later(start, days(15)), period);
    await tell(up, other.events.period("large", period));
    expect(await balanceOf(other.ctx)).toEqual({ available: 500, held: 0, owed: 0 });
  },
);

conformanceCase(
  "P5",
  "three upgrades in a period: each the difference for the rest of it, rounded down once for all",
  "shogo-ai#430: an upgrade overwrote what was left; rule: (new − old) × remaining fraction, rounded down once",
  async () => {
    const { ctx, events } = await customer();
    const start = clock.now();
    const period = { start, end: later(start, days(30)) };
    await tell(events.period("small", period));
    await (await startJob(ctx)).complete();
    const upgrades = [
      events.upgrade("small", "medium", later(start, days(10)), period),
      events.upgrade("medium", "large", later(start, days(20)), period),
    ];
    await until(later(start, days(20)));
    await tell(...upgrades, ...upgrades);
    // 95 + 200 × 20/30 + 200 × 10/30
    expect(await balanceOf(ctx)).toEqual({ available: 95 + 200, held: 0, owed: 0 });
    const last = events.upgrade("large", "huge", later(start, days(20) + 1_000), period);
    await until(later(start, days(20) + 1_000));
    await tell(last);
    // 500 × (10 days − 1 s) / 30 days = 166.66, of which two thirds are already counted: rounded once, not per step.
    expect((await balanceOf(ctx))?.available).toBe(
      95 + Math.floor((200 * 20 + 200 * 10 + 500 * (10 - 1 / 86_400)) / 30),
    );
    // All of it is one period's allowance: it rolls over together, up to one allowance of the new plan.
    await until(period.end);
    await tell(events.period("small", { start: period.end, end: later(period.end, days(30)) }));
    expect(await balanceOf(ctx)).toMatchObject({ available: 200 });
  },
);

conformanceCase(
  "P6",
  "annual, monthly grants incl. 31 January: the 28th, then the 31st again, and each month's rest rolls over",
  "getlago/lago-api#1567, getlago/lago-api#6173, open-saas#683: months that begin on the 31st overlapped, left gaps or moved to the 28th for good",
  async () => {
    const { ctx, events } = await customer();
    await until(new Date("2027-01-31T15:30:00Z"));
    const start = clock.now();
    const year = { start, end: new Date("2028-01-31T15:30:00Z") };
    await tell(events.period("small_year", year));
    for (let day = 1; day <= 366; day += 1) await until(later(start, days(day)));
    const allowances = (await grantsOf(ctx)).filter(({ source }) => source === "allowance");
    expect(allowances.map(({ expiresAt }) => expiresAt?.toISOString().slice(0, 16))).toEqual(
      [
        ...["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31", "2027-06-30", "2027-07-31"],
        ...["2027-08-31", "2027-09-30", "2027-10-31", "2027-11-30", "2027-12-31", "2028-01-31"],
      ].map((day) => `${day}T15:30`),
    );
    expect(allowances.map(({ amount }) => amount)).toEqual(Array(12).fill(100));
    // Each month's remainder went on into the next one, the last one nowhere: the year was not renewed.
    const rolled = (await grantsOf(ctx)).filter(({ source }) => source === "rollover");
    expect(rolled.map(({ amount }) => amount)).toEqual(Array(11).fill(100));
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
  },
);

conformanceCase(
  "P6",
  "annual, monthly grants after an upgrade in mid-year: each payment stands for its own part",
  "rule: (new − old) for the rest of the month at once, then month by month",
  async () => {
    const { ctx, events } = await customer();
    const start = clock.now();
    const year = { start, end: addMonths(start, 12) };
    await tell(events.period("small_year", year));
    const third = monthFrom(start, 2);
    await until(later(third.start, (third.end.getTime() - third.start.getTime()) / 2));
    const upgrade = events.upgrade("small_year", "large_year", clock.now(), year);
    await tell(upgrade);
    const inMonth = async (month: Span) =>
      (await grantsOf(ctx))
        .filter(
          (grant) =>
            grant.source === "allowance" && grant.expiresAt?.getTime() === month.end.getTime(),
        )
        .map(({ amount, paymentReference }) => `${paymentReference?.slice(0, 5)} ${amount}`);
    expect(await inMonth(third)).toEqual(["pi_20 100", "pi_up 200"]);
    await until(third.end);
    expect((await inMonth(monthFrom(start, 3))).toSorted()).toEqual(["pi_20 100", "pi_up 400"]);
  },
);

conformanceCase(
  "P7",
  "failed renewal and recovery: all that was granted stays usable, the recovery grants once and rolls over",
  "hackerai-tech/hackerai#957: payment events that come twice or out of order must not mint credits in a recovery",
  async () => {
    const { ctx, events } = await customer();
    const start = clock.now();
    const [first, second, third] = [0, 1, 2].map((count) => monthFrom(start, count)) as [
      Span,
      Span,
      Span,
    ];
    const pastDue = events.subscription(first.end, second, { status: "past_due" });
    await tell(
      events.pack(start),
      events.period("small", first),
      events.subscription(start, first),
    );
    await until(first.end);
    await tell(pastDue, {
      type: "payment_failed",
      userId: ctx.actor.userId,
      subscription: "sub_1",
      at: first.end,
    });
    // No allowance for a month that is not paid; the pack can be spent.
    expect(await bucketsOf(ctx)).toEqual(["purchase 10"]);
    await (await startJob(ctx)).complete();
    expect(await statusOf(ctx)).toBe("past_due");

    await until(later(first.end, days(9)));
    const paid = events.period("small", second);
    await tell(paid, events.subscription(clock.now(), second), paid, pastDue);
    expect(await statusOf(ctx)).toBe("active");
    // What had expired while the card was renewed has rolled over all the same.
    const recovered = [
      `rollover 100 ${until1ms(second.end)}`,
      `allowance 100 ${untilEnd(second.end)}`,
      "purchase 5",
    ];
    expect(await bucketsOf(ctx)).toEqual(recovered);
    // A month that is never paid ends the chain: nothing of the one before it rolls over it.
    await until(third.end);
    await tell(events.period("small", monthFrom(start, 3)));
    expect(await bucketsOf(ctx)).toEqual([
      `allowance 100 ${untilEnd(monthFrom(start, 3).end)}`,
      "purchase 5",
    ]);
  },
);

conformanceCase(
  "P8",
  "renewal twice, late, on two nodes: granted once; after its period, good for 72 hours or rolled over",
  "twentyhq/twenty#25603: a period change that misfired expired granted credits; rule: one key per invoice line and month",
  async () => {
    const { ctx, events } = await customer();
    const start = clock.now();
    const [first, second] = [monthFrom(start), monthFrom(start, 1)];
    await tell(events.period("small", first));
    await until(later(second.start, days(20)));
    const renewal = events.period("small", second);
    const node = () => ctx.db.transaction((tx) => applyBillingEvent(tx, renewal, clock.now()));
    await Promise.all([node(), node(), node(), node()]);
    expect(await bucketsOf(ctx)).toEqual([
      `rollover 100 ${until1ms(second.end)}`,
      `allowance 100 ${untilEnd(second.end)}`,
    ]);

    // Later than its whole period: the allowance may still be used for 72 hours, and goes on into the next one.
    const late = await customer();
    const [p1, p2] = [late.events.period("small", first), late.events.period("small", second)];
    await tell(p2, p1);
    const alone = await customer();
    await tell(alone.events.period("small", first));
    expect(await bucketsOf(alone.ctx)).toEqual([
      `allowance 100 ${untilEnd(later(clock.now(), days(3)))}`,
    ]);
    const inOrder = await customer();
    await tell(inOrder.events.period("small", first), inOrder.events.period("small", second));
    expect(await bucketsOf(late.ctx)).toEqual(await bucketsOf(inOrder.ctx));
    expect(await balanceOf(late.ctx)).toEqual({ available: 200, held: 0, owed: 0 });

    // The months of a year on two schedules and beside the provider's own repetition.
    const yearly = await customer();
    const year = yearly.events.period("small_year", {
      start: clock.now(),
      end: addMonths(clock.now(), 12),
    });
    await tell(year);
    clock.advanceSeconds(65 * 86_400);
    await Promise.all([
      grantDueAllowances(workerContext()),
      grantDueAllowances(workerContext()),
      tell(year),
      tell(year),
    ]);
    await grantDueAllowances(workerContext());
    const allowances = (await grantsOf(yearly.ctx)).filter(({ source }) => source === "allowance");
    expect(allowances).toHaveLength(3);
  },
);

conformanceCase(
  "P9",
  "DST and time zones: no clock but UTC moves a boundary, in the process or in the database",
  "civitai/civitai#2383, killbill/killbill#743: a period that crossed a change of clocks moved by an hour, or to another day",
  async () => {
    const { ctx, events } = await customer();
    // Half an hour before midnight in New York, with both changes of clocks in the year to come.
    await until(new Date("2030-01-31T04:30:00Z"));
    const start = clock.now();
    const year = { start, end: new Date("2031-01-31T04:30:00Z") };
    const ends: Record<string, string[]> = {};
    try {
      for (const zone of ["UTC", "America/New_York", "Pacific/Apia"]) {
        vi.stubEnv("TZ", zone);
        expect(new Date(start).getTimezoneOffset() === 0).toBe(zone === "UTC");
        const index = Array.from({ length: 12 }, (_, count) => addMonths(start, count + 1));
        ends[zone] = index.map((end) => end.toISOString());
      }
      expect(ends["America/New_York"]).toEqual(ends.UTC);
      expect(ends["Pacific/Apia"]).toEqual(ends.UTC);
      await parts.database.db.transaction(async (tx) => {
        await tx.execute(sql`set local time zone 'America/New_York'`);
        await applyBillingEvent(tx, events.period("small_year", year), clock.now());
      });
      for (let day = 0; day <= 300; day += 10) await until(later(start, days(day)));
    } finally {
      vi.unstubAllEnvs();
    }
    const allowances = (await grantsOf(ctx)).filter(({ source }) => source === "allowance");
    expect(allowances.map(({ expiresAt }) => expiresAt?.toISOString())).toEqual(
      ends.UTC?.slice(0, allowances.length),
    );
    expect(allowances).toHaveLength(10);
    const keys = await ctx.db
      .select({ key: creditEvents.idempotencyKey })
      .from(creditEvents)
      .where(and(eq(creditEvents.userId, ctx.actor.userId), eq(creditEvents.kind, "grant")));
    expect(new Set(keys.map(({ key }) => key)).size).toBe(10);
  },
);

type Span = { start: Date; end: Date };

async function statusOf(ctx: Customer) {
  const [row] = await ctx.db
    .select({ status: subscriptions.status })
    .from(subscriptions)
    .where(eq(subscriptions.userId, ctx.actor.userId));
  return row?.status;
}
