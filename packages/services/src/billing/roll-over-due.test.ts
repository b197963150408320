import { setTimeout as sleep } from "node:timers/promises";
import { addMonths } from "@tintype/core/periods";
import { takeCredits } from "@tintype/db/credit-functions";
import { creditGrants, paidPeriods, wallets } from "@tintype/db/schema";
import { asAnotherClient } from "@tintype/db/testing";
import { asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { useBillingStory } from "../../conformance/billing-story.ts";
import { breakUsers } from "../../conformance/broken-users.ts";
import { eventsOf } from "../../conformance/provider-events.ts";
import { rollOverDue } from "./roll-over-due.ts";

const { parts, clock, startJob, tell, customer, workerContext, contextFor } = useBillingStory();

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

test("one broken user stops neither the grants nor the rollovers of the others, and is told", async () => {
  const start = clock.now();
  const month = addMonths(start, 1);
  const story = async () => {
    const { ctx, events } = await customer();
    await tell(events.period("small", { start, end: month }));
    await tell(events.period("large", { start: month, end: addMonths(start, 2) }));
    return ctx;
  };
  const users = [await story(), await story(), await story()];
  const years = [];
  for (let year = 0; year < 3; year += 1) {
    const { ctx, events } = await customer();
    await tell(events.period("small_year", { start, end: addMonths(start, 12) }));
    years.push(ctx);
  }
  // Held over the end of the month and given back: it has to be fetched by the second half.
  const late = (await customer()).ctx;
  await tell(eventsOf(late.actor.userId).period("small", { start, end: month }));
  await takeCredits(late.db, {
    ...{ userId: late.actor.userId, grantId: null, amount: 95, reason: "test", now: start },
    ...{ idempotencyKey: "all but the job's", actorKind: "admin", actorId: "test" },
  });
  const job = await startJob(late);
  const broken = [users[0], years[0]].map((ctx) => ctx?.actor.userId ?? "");
  const mended = await breakUsers(parts.database.db, "credit_grants", broken);
  clock.advanceSeconds((month.getTime() - start.getTime()) / 1_000 + 1);
  await tell(
    eventsOf(late.actor.userId).period("small", { start: month, end: addMonths(start, 2) }),
  );
  expect(await grantsOf(late)).toEqual(["allowance 100", "allowance 100"]);
  await job.fail();
  await expect(rollOverDue(workerContext())).rejects.toThrow(/^2 of \d+ users failed$/);
  const rollovers = async (ctx: (typeof users)[number]) =>
    (await grantsOf(ctx)).filter((grant) => grant.startsWith("rollover")).length;
  expect(await rollovers(late)).toBe(1);
  expect(await Promise.all(users.map(rollovers))).toEqual([0, 1, 1]);
  expect(await Promise.all(years.map(rollovers))).toEqual([0, 1, 1]);
  await mended();
  expect(await rollOverDue(workerContext())).toEqual({ granted: 2, rolledOver: 0 });
  expect(await Promise.all([...users, ...years].map(rollovers))).toEqual([1, 1, 1, 1, 1, 1]);
});

test("who has nothing that could roll over is not locked", async () => {
  const { ctx, events } = await customer();
  const start = clock.now();
  await tell(events.period("small", { start, end: addMonths(start, 1) }));
  await ctx.db.transaction(async (tx) => {
    await tx.select().from(wallets).where(eq(wallets.userId, ctx.actor.userId)).for("update");
    const round = asAnotherClient(() => rollOverDue(workerContext()));
    expect(await Promise.race([round, sleep(15_000, "waits for the wallet")])).toEqual({
      granted: 0,
      rolledOver: 0,
    });
  });
});
