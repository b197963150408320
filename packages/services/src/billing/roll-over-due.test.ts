import { addMonths } from "@tintype/core/periods";
import { creditGrants, paidPeriods } from "@tintype/db/schema";
import { asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { useBillingStory } from "../../conformance/billing-story.ts";
import { rollOverDue } from "./roll-over-due.ts";

const { clock, tell, customer, workerContext, contextFor } = useBillingStory();

const grantsOf = async (ctx: Awaited<ReturnType<typeof customer>>["ctx"]) => {
  const rows = await ctx.db
    .select({ source: creditGrants.source, amount: creditGrants.amount })
    .from(creditGrants)
    .where(eq(creditGrants.userId, ctx.actor.userId))
    .orderBy(asc(creditGrants.issuedSeq));
  return rows.map(({ source, amount }) => `${source} ${amount}`);
};

test("on demand: the year's next month and its rollover, once, for a clock, an admin and both at once", async () => {
  const { ctx, events } = await customer();
  const start = clock.now();
  await tell(events.period("small_year", { start, end: addMonths(start, 12) }));
  expect(await rollOverDue(workerContext())).toEqual({ granted: 0, rolledOver: 0 });
  clock.advanceSeconds((addMonths(start, 1).getTime() - start.getTime()) / 1_000);
  const admin = contextFor({ kind: "user", userId: ctx.actor.userId, role: "admin" } as const);
  const rounds = await Promise.all([
    rollOverDue(workerContext()),
    rollOverDue(admin),
    rollOverDue(workerContext()),
  ]);
  expect(rounds.reduce((sum, { granted }) => sum + granted, 0)).toBe(1);
  expect((await grantsOf(ctx)).toSorted()).toEqual([
    "allowance 100",
    "allowance 100",
    "rollover 100",
  ]);
  expect(await rollOverDue(admin)).toEqual({ granted: 0, rolledOver: 0 });
});

test("a rollover that was missed is made up for, once", async () => {
  const { ctx, events } = await customer();
  const start = clock.now();
  const [second, third] = [addMonths(start, 1), addMonths(start, 2)];
  await tell(events.period("small", { start, end: second }));
  // The second month is paid before it begins, so nothing could roll over yet.
  await tell(events.period("large", { start: second, end: third }));
  clock.advanceSeconds((second.getTime() - start.getTime()) / 1_000 + 1);
  await rollOverDue(workerContext());
  await rollOverDue(workerContext());
  expect((await grantsOf(ctx)).filter((grant) => grant.startsWith("rollover"))).toHaveLength(1);
  const lines = await ctx.db
    .select()
    .from(paidPeriods)
    .where(eq(paidPeriods.userId, ctx.actor.userId));
  expect(lines).toHaveLength(2);
});
