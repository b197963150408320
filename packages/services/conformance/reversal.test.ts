import { addMonths } from "@tintype/core/periods";
import { creditEvents, creditGrants } from "@tintype/db/schema";
import { and, eq } from "drizzle-orm";
import fc from "fast-check";
import { expect } from "vitest";
import { previewRefund } from "../src/admin/refund-payment.ts";
import { submitJob } from "../src/jobs/submit-job.ts";
import { imageRequest } from "../src/testing.ts";
import {
  balanceOf,
  bucketsOf,
  type Customer,
  days,
  later,
  useBillingStory,
} from "./billing-story.ts";
import { conformanceCase } from "./case.ts";

const { clock, tell, customer, startJob, until } = useBillingStory();

const spent = async (ctx: Customer) => (await startJob(ctx)).complete();
const kindsOf = async (ctx: Customer) => {
  const rows = await ctx.db
    .select({ seq: creditEvents.seq, kind: creditEvents.kind })
    .from(creditEvents)
    .where(eq(creditEvents.userId, ctx.actor.userId))
    .orderBy(creditEvents.seq);
  return rows.map(({ kind }) => kind);
};

conformanceCase(
  "R1",
  "full refund, unspent: what the money bought is gone, once",
  "eliza#10938: a refund took the money back and left the credits",
  async () => {
    const { ctx, events } = await customer();
    const now = clock.now();
    await tell(events.pack(now), events.refund(now, 1_000), events.refund(now, 1_000));
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
    expect(await kindsOf(ctx)).toEqual(["grant", "clawback"]);
  },
);

conformanceCase(
  "R2",
  "partial ×3, cumulative: each tells how much in all, told twice it takes nothing more",
  "ChuanQiao1128/replyinmyvoice#301: each took a share of what the one before had left; anomalyco/opencode#28400: the second was dropped",
  async () => {
    const { ctx, events } = await customer();
    const now = clock.now();
    await tell(events.pack(now));
    const left: (number | undefined)[] = [];
    for (const [minute, cents] of [333, 666, 1_000].entries()) {
      const refund = events.refund(later(now, minute * 60_000), cents);
      await tell(refund, refund);
      left.push((await balanceOf(ctx))?.available);
    }
    expect(left).toEqual([7, 4, 0]);
    // An older state that comes last changes nothing; a refund that failed gives back its part.
    await tell(events.refund(now, 333));
    expect(await balanceOf(ctx)).toMatchObject({ available: 0 });
    await tell(events.refund(later(now, 3 * 60_000), 666));
    expect(await balanceOf(ctx)).toMatchObject({ available: 4 });
  },
);

conformanceCase(
  "R3",
  "refund after spend → debt: no new jobs until it is paid, and the next credits pay it",
  "eliza#10963: what had been spent was written off when the balance was too small",
  async () => {
    const { ctx, events } = await customer();
    const now = clock.now();
    await tell(events.pack(now));
    await spent(ctx);
    await tell(events.refund(now, 1_000));
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 5 });
    await expect(submitJob(ctx, await imageRequest(ctx))).rejects.toMatchObject({
      problem: { code: "wallet_restricted", owed: 5 },
    });
    const payment = { ...events.facts("pi_second", 2_000, now), kind: "pack" as const };
    await tell(events.pack(now, { credits: 20, payment }));
    expect(await balanceOf(ctx)).toEqual({ available: 15, held: 0, owed: 0 });
    // The refund is told once more, after the debt is paid: it is not asked for again.
    await tell(events.refund(later(now, 1_000), 1_000));
    expect(await balanceOf(ctx)).toEqual({ available: 15, held: 0, owed: 0 });
  },
);

conformanceCase(
  "R4",
  "dispute → freeze: nothing of it can be spent, even if the dispute is told before the payment",
  "polar#8381: a disputed payment's benefits went on being used",
  async () => {
    const { ctx, events } = await customer();
    const now = clock.now();
    await tell(events.pack(now), events.dispute(now), events.dispute(now));
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
    expect(await kindsOf(ctx)).toEqual(["grant", "freeze"]);
    await expect(submitJob(ctx, await imageRequest(ctx))).rejects.toMatchObject({
      problem: { code: "insufficient_credits" },
    });

    // The dispute is told before the payment: its credits arrive frozen.
    const early = await customer();
    await tell(early.events.dispute(now), early.events.pack(now));
    expect(await balanceOf(early.ctx)).toEqual({ available: 0, held: 0, owed: 0 });
    await tell(early.events.closed(later(now, days(9)), "lost"));
    expect(await kindsOf(early.ctx)).toEqual(["grant", "freeze", "clawback"]);
    expect(await balanceOf(early.ctx)).toEqual({ available: 0, held: 0, owed: 0 });
  },
);

conformanceCase(
  "R5",
  "won → restored once, also when it was first lost and the credits had been spent",
  "polar#8383: a dispute revokes the benefits, and winning it does not bring them back",
  async () => {
    const { ctx, events } = await customer();
    const now = clock.now();
    const won = events.closed(later(now, days(40)), "won");
    await tell(events.pack(now));
    await spent(ctx);
    await tell(events.dispute(now), won, won, events.dispute(now));
    expect(await balanceOf(ctx)).toEqual({ available: 5, held: 0, owed: 0 });
    // Lost first, and the bank changed its mind: what was taken comes back, once, and no debt is left.
    const other = await customer();
    await tell(other.events.pack(now));
    await spent(other.ctx);
    await tell(other.events.closed(later(now, days(30)), "lost"));
    expect(await balanceOf(other.ctx)).toEqual({ available: 0, held: 0, owed: 5 });
    const reversal = other.events.closed(later(now, days(40)), "won");
    await tell(reversal, reversal);
    expect(await balanceOf(other.ctx)).toEqual({ available: 5, held: 0, owed: 0 });
  },
);

conformanceCase(
  "R6",
  "won, then refund: taken again in full, though the same sum was taken and given back before",
  "eliza#11155: after a dispute was won, a later refund took too little",
  async () => {
    const { ctx, events } = await customer();
    const now = clock.now();
    await tell(
      events.pack(now),
      events.dispute(now),
      events.closed(later(now, days(30)), "lost"),
      events.closed(later(now, days(40)), "won"),
    );
    expect(await balanceOf(ctx)).toEqual({ available: 10, held: 0, owed: 0 });
    // The same number of cents as was lost before: another event about another taking.
    await tell(events.refund(later(now, days(41)), 1_000));
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
  },
);

conformanceCase(
  "R7",
  "refund + dispute ≤ 100 %: nobody owes more than the payment gave",
  "rule: what is taken of a payment is refunds and lost disputes together, at most what was paid",
  async () => {
    const { ctx, events } = await customer();
    const now = clock.now();
    await tell(events.pack(now));
    await spent(ctx);
    await tell(
      events.refund(now, 600),
      events.dispute(now),
      events.closed(later(now, days(30)), "lost"),
    );
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 5 });
    const [grant] = await ctx.db
      .select()
      .from(creditGrants)
      .where(eq(creditGrants.userId, ctx.actor.userId));
    expect(grant).toMatchObject({ amount: 10, reversed: 5, owed: 5, reversalTarget: 10 });
  },
);

conformanceCase(
  "R9",
  "refund while a job holds those credits: taken when it ends, however it ends",
  "rule: unspent first, then held when the job ends, then debt",
  async () => {
    const { ctx, events } = await customer();
    const now = clock.now();
    await tell(events.pack(now));
    const delivered = await startJob(ctx);
    await tell(events.refund(now, 1_000));
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 5, owed: 0 });
    await delivered.complete();
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 5 });

    const other = await customer();
    await tell(other.events.pack(now));
    const failed = await startJob(other.ctx);
    await tell(other.events.refund(now, 1_000));
    await failed.fail();
    expect(await balanceOf(other.ctx)).toEqual({ available: 0, held: 0, owed: 0 });
  },
);

conformanceCase(
  "R10",
  "subscription invoice refunded: its allowance, wherever it has rolled over to, and the months to come",
  "rule: only what that invoice paid for; packs and the other months stay",
  async () => {
    const { ctx, events } = await customer();
    const start = clock.now();
    const [second, third] = [later(start, days(30)), later(start, days(60))];
    await tell(events.pack(start), events.period("small", { start, end: second }));
    await until(second);
    await tell(events.period("small", { start: second, end: third }));
    expect(await balanceOf(ctx)).toMatchObject({ available: 210 });
    await tell(events.refund(second, 500, events.invoiceOf(start)));
    expect(await bucketsOf(ctx)).toEqual([
      `rollover 50 until ${later(third, -1).toISOString()}`,
      `allowance 100 until ${third.toISOString()}`,
      "purchase 10",
    ]);

    // A year refunded in full: every month that is still to come is gone with it.
    const yearly = await customer();
    const begin = clock.now();
    const end = new Date(begin);
    end.setUTCFullYear(end.getUTCFullYear() + 1);
    await tell(yearly.events.period("small_year", { start: begin, end }));
    await tell(yearly.events.refund(begin, 1_000, yearly.events.invoiceOf(begin)));
    await until(later(begin, days(100)));
    expect(await balanceOf(yearly.ctx)).toEqual({ available: 0, held: 0, owed: 0 });
    const allowances = await yearly.ctx.db
      .select({ reversed: creditGrants.reversed })
      .from(creditGrants)
      .where(
        and(eq(creditGrants.userId, yearly.ctx.actor.userId), eq(creditGrants.source, "allowance")),
      );
    expect(allowances).toEqual([100, 100, 100, 100].map((reversed) => ({ reversed })));
  },
);

type Events = Awaited<ReturnType<typeof customer>>["events"];

/** A year of 100 credits a month, or of another plan, for $120. */
function yearOf(begin: Date, events: Events, plan = "small_year") {
  const end = new Date(begin);
  end.setUTCFullYear(end.getUTCFullYear() + 1);
  const payment = events.facts("pi_year", 12_000, begin);
  return {
    payment,
    paid: { ...events.period(plan, { start: begin, end }), payment, lineCents: 12_000 },
    upgraded: (at: Date) => ({
      ...events.upgrade("small_year", "large_year", at, { start: begin, end }),
      payment,
    }),
    refunded: (at: Date, cents: number) => events.refund(at, cents, payment),
    month: (months: number) => later(addMonths(begin, months), days(1)),
  };
}
const previewOf = (ctx: Customer, cents?: number) =>
  previewRefund(
    { ...ctx, actor: { kind: "user", userId: ctx.actor.userId, role: "admin" } },
    { userId: ctx.actor.userId, paymentReference: "pi_year", ...(cents && { cents }) },
  );
const spend = async (ctx: Customer, credits: number) => {
  const config = { ...ctx.config, jobsPerHour: 1_000 };
  for (let left = credits; left > 0; left -= 5) await spent({ ...ctx, config });
};

conformanceCase(
  "R22",
  "the unspent share of a year refunded: nothing is owed, now and in every month to come, whenever it is told",
  "rule: unspent first, months to come before those that are there, then held when the job ends, then debt",
  async () => {
    const begin = clock.now();
    const buyers = await Promise.all(
      ["early", "at once", "in between", "late", "disputed", "failed"].map(async (told) => {
        const { ctx, events } = await customer();
        return { told, ctx, year: yearOf(begin, events, "tiny_year"), events };
      }),
    );
    const refund = later(begin, 60_000);
    for (const { told, ctx, year, events } of buyers) {
      if (told === "early") await tell(year.refunded(refund, 11_000));
      await tell(year.paid);
      await spend(ctx, 10);
      if (told === "at once") {
        expect(await previewOf(ctx)).toMatchObject({
          ...{ grantedCredits: 120, unspentCredits: 110, refundableCents: 11_000 },
          ...{ cents: 11_000, takenCredits: 0, owedCredits: 0 },
        });
        expect(await previewOf(ctx, 12_000)).toMatchObject({ owedCredits: 10 });
      }
      if (told === "at once" || told === "failed") await tell(year.refunded(refund, 11_000));
      if (told === "disputed") {
        const about = { payment: year.payment, disputedCents: 11_000 };
        await tell(
          events.dispute(refund, about),
          events.closed(later(refund, 1_000), "lost", about),
        );
      }
    }
    const normal = (month: number): number => (month === 1 ? 10 : 20);
    const returned = (month: number): number => (month === 5 ? 50 : 20);
    const availableIn: Record<string, typeof normal> = { disputed: returned, failed: returned };
    const first = buyers[0]?.year;
    if (!first) throw new Error("nobody has bought a year");
    for (let month = 1; month < 12; month += 1) {
      await until(first.month(month));
      for (const { told, ctx, year, events } of buyers) {
        if (told === "in between" && month === 4) {
          await tell(year.refunded(refund, 11_000), year.refunded(refund, 11_000));
        }
        if (told === "late" && month === 11) await tell(year.refunded(refund, 11_000));
        if (month === 5) {
          // The money comes back to us: so do the months. What has run out meanwhile may be used for 72 hours.
          if (told === "failed") await tell(year.refunded(later(refund, days(100)), 0));
          const won = { payment: year.payment, disputedCents: 11_000 };
          if (told === "disputed") await tell(events.closed(later(refund, days(9)), "won", won));
        }
        const keeps =
          ((told === "failed" || told === "disputed") && month >= 5) ||
          (told === "in between" && month < 4) ||
          (told === "late" && month < 11);
        expect(await balanceOf(ctx), `${told}, month ${month}`).toEqual({
          ...{ available: keeps ? (availableIn[told] ?? normal)(month) : 0, held: 0, owed: 0 },
        });
      }
    }
  },
);

conformanceCase(
  "R23",
  "two lines of a year in one payment, spent in part, refunded in part: one end in any order, and as it was previewed",
  "rule: the share is that of all credits of the payment; the ledger is told states",
  async () => {
    const lives = fc.sample(
      fc.record({
        order: fc.shuffledSubarray([0, 1, 2, 0, 1, 2], { minLength: 6 }),
        month: fc.constantFrom(0, 1, 2),
        cents: fc.constantFrom(1_000, 7_000, 11_000, 11_900, 12_000),
        used: fc.constantFrom(0, 5, 30),
      }),
      { numRuns: 4, seed: 20_261_121 },
    );
    for (const life of lives) {
      const begin = clock.now();
      const [first, second] = [await customer(), await customer()];
      const inOrder = { ...first, year: yearOf(begin, first.events) };
      const shuffled = { ...second, year: yearOf(begin, second.events) };
      for (const { ctx, year } of [inOrder, shuffled]) {
        await tell(year.paid);
        await spend(ctx, life.used);
      }
      const storyOf = ({ year }: typeof inOrder) => [
        year.paid,
        year.upgraded(later(begin, days(3))),
        year.refunded(later(begin, days(4)), life.cents),
      ];
      await until(later(begin, days(4)));
      await tell(...storyOf(inOrder).slice(0, 2));
      if (life.month > 0) {
        await tell(...storyOf(shuffled).slice(0, 2));
        await until(inOrder.year.month(life.month));
      }
      const preview = await previewOf(inOrder.ctx, life.cents);
      const before = await balanceOf(inOrder.ctx);
      await tell(...storyOf(inOrder).slice(2));
      const after = await balanceOf(inOrder.ctx);
      expect(after?.owed, JSON.stringify(life)).toBe(preview.owedCredits);
      expect((before?.available ?? 0) - (after?.available ?? 0)).toBe(preview.takenCredits);
      await tell(...life.order.flatMap((index) => storyOf(shuffled)[index] ?? []));
      expect(await balanceOf(shuffled.ctx), JSON.stringify(life)).toEqual(after);
      for (const month of [life.month + 1, life.month + 2, 11]) {
        await until(inOrder.year.month(month));
        const balance = await balanceOf(inOrder.ctx);
        expect(await balanceOf(shuffled.ctx), JSON.stringify({ ...life, month })).toEqual(balance);
        expect(balance?.owed).toBeLessThanOrEqual(preview.owedCredits);
      }
    }
  },
);

/** About the pack of 10 credits for $10: one dispute about $3 of it, another about $4. */
const disputesOf = ({ dispute, closed }: Awaited<ReturnType<typeof customer>>["events"]) => {
  const [first, second] = [
    { dispute: "dp_first", disputedCents: 300 },
    { dispute: "dp_second", disputedCents: 400 },
  ];
  return {
    first: (at: Date) => dispute(at, first),
    second: (at: Date) => dispute(at, second),
    firstEnds: (at: Date, outcome: "won" | "lost") => closed(at, outcome, first),
    secondEnds: (at: Date, outcome: "won" | "lost") => closed(at, outcome, second),
  };
};

conformanceCase(
  "R16",
  "two disputes on one payment: frozen while any is open, and what is lost adds up",
  "rule: a payment can be disputed in parts; the newest state of one must not hide the other",
  async () => {
    const { ctx, events } = await customer();
    const now = clock.now();
    const on = (day: number) => later(now, days(day));
    const told = disputesOf(events);
    await tell(events.pack(now), told.first(on(1)), told.second(on(2)));
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
    // One is decided, the bank still holds the money of the other.
    await tell(told.secondEnds(on(3), "won"));
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
    await tell(told.firstEnds(on(4), "lost"), told.first(on(1)), told.second(on(2)));
    expect(await balanceOf(ctx)).toEqual({ available: 7, held: 0, owed: 0 });
    // The bank changes its mind about the other one: both are lost now.
    await tell(told.secondEnds(on(5), "lost"));
    expect(await balanceOf(ctx)).toEqual({ available: 3, held: 0, owed: 0 });
    await tell(told.firstEnds(on(6), "won"));
    expect(await balanceOf(ctx)).toEqual({ available: 6, held: 0, owed: 0 });

    // Spent before: each part that is lost becomes its part of the debt, never more than was spent.
    const other = await customer();
    const again = disputesOf(other.events);
    await tell(other.events.pack(now));
    await spent(other.ctx);
    await tell(again.first(on(1)), again.second(on(1)), again.firstEnds(on(2), "lost"));
    expect(await balanceOf(other.ctx)).toEqual({ available: 0, held: 0, owed: 0 });
    await tell(again.secondEnds(on(3), "lost"), other.events.refund(on(4), 300));
    expect(await balanceOf(other.ctx)).toEqual({ available: 0, held: 0, owed: 5 });
  },
);

conformanceCase(
  "R17",
  "two disputes on one payment in any order, also before the payment: one end",
  "rule: events arrive twice, in any order, weeks late",
  async () => {
    const now = clock.now();
    const on = (day: number) => later(now, days(day));
    const storyOf = (events: Awaited<ReturnType<typeof customer>>["events"]) => {
      const told = disputesOf(events);
      return [
        ...[events.pack(now), told.first(on(1)), told.second(on(2)), events.refund(on(3), 200)],
        ...[told.firstEnds(on(4), "lost"), told.secondEnds(on(5), "won")],
      ];
    };
    const six = [0, 1, 2, 3, 4, 5];
    const orders = fc.sample(fc.shuffledSubarray([...six, ...six], { minLength: 12 }), {
      ...{ numRuns: 10, seed: 20_261_121 },
    });
    for (const order of orders) {
      const { ctx, events } = await customer();
      const story = storyOf(events);
      await tell(...order.flatMap((index) => story[index] ?? []));
      // 10 − 2 refunded − 3 lost.
      expect(await balanceOf(ctx), String(order)).toEqual({ available: 5, held: 0, owed: 0 });
    }
  },
);

conformanceCase(
  "R19",
  "a debt never stands beside credits that could be spent: what is there, comes back or is unfrozen pays it",
  "rule: unspent first, then held when the job ends, then debt; credits pay it, and no job waits beside them",
  async () => {
    const now = clock.now();
    const on = (day: number) => later(now, days(day));
    const secondPack = (events: Awaited<ReturnType<typeof customer>>["events"], credits: number) =>
      events.pack(now, {
        credits,
        payment: { ...events.facts("pi_second", 2_000, now), kind: "pack" },
      });
    const secondOf = (events: Awaited<ReturnType<typeof customer>>["events"]) => ({
      payment: { ...events.facts("pi_second", 2_000, now), kind: "pack" as const },
    });

    // What was spent is refunded beside another pack: its credits pay at once, and jobs go on.
    const beside = await customer();
    await tell(beside.events.pack(now));
    await spent(beside.ctx);
    await tell(secondPack(beside.events, 20), beside.events.refund(on(1), 1_000));
    expect(await balanceOf(beside.ctx)).toEqual({ available: 15, held: 0, owed: 0 });
    expect(await kindsOf(beside.ctx)).toEqual([
      ...["grant", "hold", "capture", "grant", "clawback", "repayment"],
    ]);
    // And the pack that has paid is refunded in turn: everything that was used is owed.
    await tell(beside.events.refund(on(2), 2_000, secondOf(beside.events).payment));
    expect(await balanceOf(beside.ctx)).toEqual({ available: 0, held: 0, owed: 5 });

    // The other pack is disputed when the debt arises, and won.
    const frozen = await customer();
    await tell(frozen.events.pack(now));
    await spent(frozen.ctx);
    await tell(
      secondPack(frozen.events, 20),
      frozen.events.dispute(on(1), secondOf(frozen.events)),
    );
    await tell(frozen.events.refund(on(1), 1_000));
    expect(await balanceOf(frozen.ctx)).toEqual({ available: 0, held: 0, owed: 5 });
    await tell(frozen.events.closed(on(2), "won", secondOf(frozen.events)));
    expect(await balanceOf(frozen.ctx)).toEqual({ available: 15, held: 0, owed: 0 });

    // A job holds them when the debt arises, and fails.
    const held = await customer();
    await tell(held.events.pack(now));
    await spent(held.ctx);
    await tell(secondPack(held.events, 5), held.events.refund(on(1), 500));
    // 5 of the first pack are spent, so 5 unspent went for the refund, and 5 of the second are left.
    const job = await startJob(held.ctx);
    await tell(held.events.refund(on(2), 1_000));
    expect(await balanceOf(held.ctx)).toEqual({ available: 0, held: 5, owed: 5 });
    await job.fail();
    expect(await balanceOf(held.ctx)).toEqual({ available: 0, held: 0, owed: 0 });

    // Credits of another payment that had been taken come back, because the bank sends its refund back.
    const restored = await customer();
    await tell(restored.events.pack(now));
    await spent(restored.ctx);
    await tell(secondPack(restored.events, 20));
    await tell(restored.events.refund(on(1), 2_000, secondOf(restored.events).payment));
    await tell(restored.events.refund(on(2), 1_000));
    expect(await balanceOf(restored.ctx)).toEqual({ available: 0, held: 0, owed: 5 });
    await tell(restored.events.refund(on(3), 0, secondOf(restored.events).payment));
    expect(await balanceOf(restored.ctx)).toEqual({ available: 15, held: 0, owed: 0 });
  },
);
