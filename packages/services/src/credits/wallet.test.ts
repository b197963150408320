import { creditEventKinds } from "@tintype/core/credits";
import type { historyGroups } from "@tintype/core/history";
import {
  freezePayment,
  rollOverCredits,
  setPaymentReversed,
  takeCredits,
  unfreezePayment,
} from "@tintype/db/credit-functions";
import { creditEvents } from "@tintype/db/schema";
import { asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import type { ServiceContext, UserActor } from "../context.ts";
import { cancelJob } from "../jobs/cancel-job.ts";
import { runNextJob } from "../jobs/run-next-job.ts";
import { useTestServices } from "../testing.ts";
import { sweepExpiredCredits } from "./expire-credits.ts";
import { exportHistory } from "./export-history.ts";
import { getCreditReceipt } from "./get-credit-receipt.ts";
import { getWallet } from "./get-wallet.ts";
import { grantCredits, type NewGrant } from "./grants.ts";
import { listHistory } from "./list-history.ts";
import { delivers, orderPictures, wholeFile } from "./testing.ts";

const { clock, userWithCredits, workerContext } = useTestServices();
const DAY = 86_400;

const inDays = (days: number) => new Date(clock.now().getTime() + days * DAY * 1_000);

const give = (ctx: ServiceContext<UserActor>, grant: Partial<NewGrant>) =>
  grantCredits(ctx.db, {
    userId: ctx.actor.userId,
    source: "promo",
    category: "promo",
    amount: 10,
    idempotencyKey: crypto.randomUUID(),
    now: ctx.now(),
    actor: { actorKind: "system", actorId: "test" },
    ...grant,
  });

async function spend(ctx: ServiceContext<UserActor>, pictures: number, delivered = pictures) {
  const jobId = await orderPictures(ctx, pictures);
  await runNextJob(workerContext(), delivers(delivered));
  return jobId;
}

const wallet = (ctx: ServiceContext<UserActor>, timeZone = "UTC") => getWallet(ctx, { timeZone });

test("buckets come in the order in which a job then takes them", async () => {
  const ctx = await userWithCredits(20);
  await give(ctx, { amount: 3, source: "rollover", category: "paid", expiresAt: inDays(9) });
  await give(ctx, { amount: 4, source: "welcome", expiresAt: inDays(9) });
  await give(ctx, { amount: 2, source: "streak", expiresAt: inDays(2) });
  const before = await wallet(ctx);
  expect(before.buckets.map(({ source }) => source)).toEqual([
    "streak",
    "welcome",
    "rollover",
    "purchase",
  ]);
  expect(before).toMatchObject({
    available: 29,
    nextExpiry: { credits: 2, expiresAt: inDays(2) },
    expiringPaid: [],
  });

  await orderPictures(ctx, 2);
  const { items } = await listHistory(ctx, { limit: 1 });
  const { entries } = await getCreditReceipt(ctx, { seq: items[0]?.seq ?? 0 });
  expect(entries.map(({ source, amount }) => [source, amount])).toEqual([
    ["streak", 2],
    ["welcome", 4],
    ["rollover", 3],
    ["purchase", 1],
  ]);
  const after = await wallet(ctx);
  expect([after.available, after.held]).toEqual([19, 10]);
  // What is only set aside cannot be spent next, so it comes last.
  expect(after.buckets.map(({ source, available, held }) => [source, available, held])).toEqual([
    ["purchase", 19, 1],
    ["streak", 0, 2],
    ["welcome", 0, 4],
    ["rollover", 0, 3],
  ]);
  await runNextJob(workerContext(), delivers(2));
});

test("paid credits are announced when their end is near, gifts are not", async () => {
  const ctx = await userWithCredits(0);
  const expiresAt = inDays(100);
  await give(ctx, { amount: 4, source: "purchase", category: "paid", expiresAt });
  await give(ctx, { amount: 5, expiresAt });
  clock.advanceSeconds(69 * DAY);
  expect((await wallet(ctx)).expiringPaid).toEqual([]);
  clock.advanceSeconds(2 * DAY);
  expect((await wallet(ctx)).expiringPaid).toEqual([{ withinDays: 30, credits: 4, expiresAt }]);
});

test("what has run out is gone from the wallet before the sweep has written it down", async () => {
  const ctx = await userWithCredits(5);
  await give(ctx, { amount: 7, expiresAt: inDays(1) });
  clock.advanceSeconds(DAY);
  const { available, buckets, nextExpiry } = await wallet(ctx);
  expect([available, buckets.length, nextExpiry]).toEqual([5, 1, null]);
  await sweepExpiredCredits(workerContext());
  expect((await wallet(ctx)).available).toBe(5);
});

test("the forecast knows the pace of whole days, and says what will expire unused", async () => {
  const ctx = await userWithCredits(100);
  await give(ctx, { amount: 50, expiresAt: inDays(12) });
  expect((await wallet(ctx)).spending).toMatchObject({ observedDays: 0, lastsUntil: null });
  await spend(ctx, 2);
  expect((await wallet(ctx)).spending).toMatchObject({ spent: 0, unused: null });
  clock.advanceSeconds(2 * DAY);

  const { spending, buckets } = await wallet(ctx);
  // Ten in two days, so five a day: enough for the forty of the gift in the ten days it has left.
  expect(spending).toMatchObject({ spent: 10, observedDays: 2 });
  expect(spending.days.at(-3)).toMatchObject({ credits: 10 });
  expect(spending.unused).toBeNull();
  expect(buckets.map(({ unusedAtPace }) => unusedAtPace)).toEqual([0, 0]);
  const days = ((spending.lastsUntil?.getTime() ?? 0) - clock.now().getTime()) / 86_400_000;
  expect(days).toBeCloseTo(141 / 5, 5);

  clock.advanceSeconds(8 * DAY);
  // One a day now, and two days until the gift runs out.
  expect((await wallet(ctx)).spending.unused).toMatchObject({ credits: 39 });
});

test("a disputed payment shows as frozen, a reversed one as owed", async () => {
  const ctx = await userWithCredits(0);
  const { userId } = ctx.actor;
  const bought = { source: "purchase", category: "paid", paymentReference: "pay_1" } as const;
  await give(ctx, { ...bought, amount: 20, costBasisCents: 1_000 });
  await spend(ctx, 1);
  const payment = { userId, paymentReference: "pay_1", reason: null, now: clock.now() };
  await freezePayment(ctx.db, { ...payment, idempotencyKey: "dispute" });
  expect(await wallet(ctx)).toMatchObject({ available: 0, frozen: 15, owed: 0 });
  await unfreezePayment(ctx.db, { ...payment, idempotencyKey: "won" });
  await setPaymentReversed(ctx.db, {
    ...payment,
    reversedCents: 1_000,
    paidCents: 1_000,
    creditsToCome: 0,
    idempotencyKey: "refund",
    actorKind: "system",
    actorId: "stripe",
  });
  expect(await wallet(ctx)).toMatchObject({ available: 0, frozen: 0, owed: 5, buckets: [] });
});

async function userWithEverything() {
  const ctx = await userWithCredits(0);
  const { userId } = ctx.actor;
  const bought = { source: "purchase", category: "paid", paymentReference: "pay_2" } as const;
  await give(ctx, { ...bought, amount: 40, costBasisCents: 4_000, reason: "=SUM(A1)" });
  await give(ctx, { amount: 5, expiresAt: inDays(1), source: "welcome" });
  const cancelled = await orderPictures(ctx, 1);
  await cancelJob(ctx, { jobId: cancelled });
  clock.advanceSeconds(DAY);
  await sweepExpiredCredits(workerContext());
  await spend(ctx, 2, 1);
  await spend(ctx, 1);
  const payment = { userId, paymentReference: "pay_2", reason: null, now: clock.now() };
  await freezePayment(ctx.db, { ...payment, idempotencyKey: "dispute" });
  await unfreezePayment(ctx.db, { ...payment, idempotencyKey: "won" });
  await setPaymentReversed(ctx.db, {
    ...payment,
    reversedCents: 4_000,
    paidCents: 4_000,
    creditsToCome: 0,
    idempotencyKey: "refund",
    actorKind: "system",
    actorId: "stripe",
  });
  await give(ctx, { amount: 3, source: "compensation" });
  return ctx;
}

test("each filter finds its lines and no others, page by page as at once", async () => {
  const ctx = await userWithEverything();
  const kindsOf = async (show: (typeof historyGroups)[number]) => {
    const all = await listHistory(ctx, { show, limit: 100 });
    const paged: number[] = [];
    for (let cursor: string | undefined, pages = 0; pages < 20; pages++) {
      const page = await listHistory(ctx, { show, limit: 1, ...(cursor && { cursor }) });
      paged.push(...page.items.map(({ seq }) => seq));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(all.items.map(({ seq }) => seq));
    return all.items.map(({ kind }) => kind);
  };
  expect(await kindsOf("added")).toEqual(["grant", "grant", "grant"]);
  expect(await kindsOf("spent")).toEqual(["capture", "capture"]);
  expect(await kindsOf("returned")).toEqual(["unfreeze", "capture", "release"]);
  expect(await kindsOf("expired")).toEqual(["expire"]);
  expect(await kindsOf("taken_back")).toEqual(["repayment", "clawback", "freeze"]);
});

test("what a period carries over and what support takes is found, and has its receipt", async () => {
  const ctx = await userWithCredits(0);
  const { userId } = ctx.actor;
  const allowance = { source: "allowance", category: "paid", periodReference: "may" } as const;
  await give(ctx, { ...allowance, amount: 30, costBasisCents: 900, expiresAt: inDays(1) });
  clock.advanceSeconds(DAY);
  await rollOverCredits(ctx.db, {
    userId,
    periodReference: "may",
    periodEnd: clock.now(),
    cap: 20,
    nextPeriodReference: "june",
    expiresAt: inDays(30),
    now: clock.now(),
  });
  await takeCredits(ctx.db, {
    userId,
    grantId: null,
    amount: 5,
    idempotencyKey: "taken",
    reason: "Given twice",
    now: clock.now(),
    actorKind: "admin",
    actorId: "support",
  });
  const found = async (show: (typeof historyGroups)[number]) =>
    (await listHistory(ctx, { show, limit: 10 })).items.map(({ kind, change }) => [kind, change]);
  expect(await found("added")).toEqual([
    ["rollover", -10],
    ["grant", 30],
  ]);
  expect(await found("taken_back")).toEqual([["adjustment", -5]]);
  expect(await getCreditReceipt(ctx, { seq: 3 })).toMatchObject({
    actor: "admin",
    event: { source: "rollover", reason: "Given twice" },
    entries: [{ amount: 5, costCents: 150, from: "available" }],
  });
  expect((await wallet(ctx)).buckets).toMatchObject([
    { source: "rollover", available: 15, costBasisCents: 600 },
  ]);
});

test("dates cut the history exactly, whatever clock wrote a line", async () => {
  const ctx = await userWithCredits(0);
  const start = clock.now().getTime();
  const minutes = [0, 1, 5, 3, 4, 60, 59, 300];
  for (const minute of minutes) {
    // Two processes whose clocks are some minutes apart.
    await give(ctx, { amount: 1, now: new Date(start + minute * 60_000) });
  }
  const at = (minute: number) => new Date(start + minute * 60_000).toISOString();
  const rows = await ctx.db
    .select()
    .from(creditEvents)
    .where(eq(creditEvents.userId, ctx.actor.userId))
    .orderBy(asc(creditEvents.seq));
  for (const from of [undefined, -1, 0, 2, 3, 4, 5, 59, 60, 61, 300, 301]) {
    for (const to of [undefined, 0, 1, 4, 5, 60, 61, 400]) {
      const { items } = await listHistory(ctx, {
        limit: 100,
        ...(from !== undefined && { from: at(from) }),
        ...(to !== undefined && { to: at(to) }),
      });
      const expected = rows.filter(
        ({ createdAt }) =>
          (from === undefined || createdAt >= new Date(at(from))) &&
          (to === undefined || createdAt < new Date(at(to))),
      );
      expect(items.map(({ seq }) => seq).toReversed()).toEqual(expected.map(({ seq }) => seq));
    }
  }
});

test("every event has a receipt, and its transfers explain the change of the balance", async () => {
  const ctx = await userWithEverything();
  const { items } = await listHistory(ctx, { limit: 100 });
  expect(new Set(items.map(({ kind }) => kind))).toEqual(
    new Set(
      creditEventKinds.filter((kind) => !["rollover", "reinstate", "adjustment"].includes(kind)),
    ),
  );
  for (const line of items) {
    const { event, entries, job, jobEvents } = await getCreditReceipt(ctx, { seq: line.seq });
    expect(event).toEqual(line);
    const into = (account: "from" | "to") =>
      entries
        .filter((entry) => entry[account] === "available")
        .reduce((sum, { amount }) => sum + amount, 0);
    expect(into("to") - into("from")).toBe(line.change);
    expect(job?.jobId ?? null).toBe(line.jobId);
    expect(jobEvents.some(({ seq }) => seq === line.seq)).toBe(line.jobId !== null);
  }
});

test("a receipt says what a slice had cost, where the grant is today, and what the job delivered", async () => {
  const ctx = await userWithEverything();
  const { items } = await listHistory(ctx, { show: "returned", limit: 100 });
  const partial = items.find(({ kind }) => kind === "capture");
  const receipt = await getCreditReceipt(ctx, { seq: partial?.seq ?? 0 });
  expect(receipt).toMatchObject({
    actor: "system",
    event: { change: 5, spent: 5, unheld: 10 },
    entries: [
      { from: "held", to: "spent", amount: 5, costCents: 500, source: "purchase" },
      { from: "held", to: "available", amount: 5, costCents: 500 },
    ],
    job: { held: 10, charged: 5, released: 5, deliveredUnits: 1, breakdown: { units: 2 } },
    jobEvents: [{ kind: "hold" }, { kind: "capture" }],
  });
  // Forty bought, ten spent in the end and then owed; three of these were paid back by the compensation.
  expect(receipt.entries[0]?.today).toMatchObject({
    available: 0,
    spent: 0,
    owed: 7,
    reversed: 33,
  });
});

test("a receipt of somebody else does not exist", async () => {
  const ctx = await userWithEverything();
  const stranger = await userWithCredits(0);
  for (const seq of [1, 999_999]) {
    const problem = { code: "not_found" };
    await expect(getCreditReceipt(stranger, { seq })).rejects.toMatchObject({ problem });
  }
  expect((await getCreditReceipt(ctx, { seq: 1 })).event.seq).toBe(1);
});

test("the export has every line of the filter, in words, and runs nothing in a spreadsheet", async () => {
  const ctx = await userWithEverything();
  const { items } = await listHistory(ctx, { limit: 100 });
  const file = await wholeFile(exportHistory(ctx, {}));
  const lines = file.split("\r\n");
  expect(lines).toHaveLength(items.length + 2);
  expect(lines[0]).toBe(
    "\ufeffNumber,Time (UTC),What happened,Change of available credits,Credits spent,Available after,Set aside after,Owed after,Source,Made,Job ended as,Job,Note",
  );
  expect(lines.at(-2)).toMatch(
    /^1,2026-\d\d-\d\d [\d:]{8},Credits received,40,0,40,0,0,Purchase,,,,'=SUM\(A1\)$/,
  );
  const spent = (await wholeFile(exportHistory(ctx, { show: "spent" }))).split("\r\n").slice(1, -1);
  expect(spent.map((line) => line.split(",")[2])).toEqual(["Spent", "Spent"]);
});

test("an export that is too long is cut, and says so in its last line", async () => {
  const ctx = await userWithEverything();
  const { items } = await listHistory(ctx, { limit: 100 });
  const cut = (await wholeFile(exportHistory(ctx, {}, 2))).trimEnd().split("\r\n");
  expect(cut).toHaveLength(4);
  expect(cut[3]).toBe(
    ",,Cut here: a file has 2 lines at most. Export the rest with earlier dates.",
  );
  const whole = (await wholeFile(exportHistory(ctx, {}, items.length))).trimEnd().split("\r\n");
  expect(whole).toHaveLength(items.length + 1);
  expect(whole.at(-1)).toMatch(/^1,/);
});
