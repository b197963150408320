import type { LiveEvent } from "@tintype/core/live";
import { billingStateOfUser } from "@tintype/db/credit-functions";
import { failedPayments, overageBills, subscriptions } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { updateBillingPreferences } from "../billing/preferences.ts";
import type { ServiceContext, UserActor } from "../context.ts";
import { cancelJob } from "../jobs/cancel-job.ts";
import { submitJob } from "../jobs/submit-job.ts";
import { imageRequest, useTestServices } from "../testing.ts";
import { watchUser } from "./watch-user.ts";

const { userWithCredits } = useTestServices();

/** Reads a stream until it says what a test waits for; the test's own time limit bounds it. */
async function until(
  events: AsyncGenerator<LiveEvent>,
  found: (event: LiveEvent) => boolean,
): Promise<LiveEvent[]> {
  const seen: LiveEvent[] = [];
  for (let next = await events.next(); !next.done; next = await events.next()) {
    seen.push(next.value);
    if (found(next.value)) return seen;
  }
  throw new Error("the stream ended early");
}
const watch = (ctx: ServiceContext<UserActor>) => {
  const stopping = new AbortController();
  return { events: watchUser(ctx, stopping.signal), stop: () => stopping.abort() };
};
const isBalance = (available: number) => (event: LiveEvent) =>
  event.type === "balance" && event.balance.available === available;
const isJob = (status: string) => (event: LiveEvent) =>
  event.type === "job" && event.job.status === status;

test("a watcher sees the balance at once, then the hold and the job, then both coming back", async () => {
  const ctx = await userWithCredits(20);
  const { events, stop } = watch(ctx);
  await until(events, isBalance(20));

  const { id } = await submitJob(ctx, await imageRequest(ctx));
  const after = await until(events, isBalance(15));
  expect(after.some(isJob("queued"))).toBe(true);

  await cancelJob(ctx, { jobId: id });
  const ended = await until(events, isBalance(20));
  expect(ended.some(isJob("cancelled"))).toBe(true);
  stop();
  expect(await events.next()).toMatchObject({ done: true });
});

test("a browser that reconnects is told what ended while it was away", async () => {
  const ctx = await userWithCredits(20);
  const { id } = await submitJob(ctx, await imageRequest(ctx));
  await cancelJob(ctx, { jobId: id });
  const { events, stop } = watch(ctx);
  const seen = await until(events, isBalance(20));
  expect(seen.some((event) => event.type === "job" && event.job.id === id)).toBe(true);
  stop();
});

test("nobody is told of another user's jobs", async () => {
  const owner = await userWithCredits(20);
  const stranger = await userWithCredits(20);
  await submitJob(owner, await imageRequest(owner));
  const { events, stop } = watch(stranger);
  const seen = await until(events, isBalance(20));
  expect(seen).toHaveLength(1);
  stop();
});

test("a stream that is closed before its first message ends by itself", async () => {
  const ctx = await userWithCredits(20);
  const { events, stop } = watch(ctx);
  stop();
  expect(await events.next()).toMatchObject({ done: true });
});

const month = { periodStart: new Date("2026-06-01"), periodEnd: new Date("2026-07-01") };
const happened: Record<string, (ctx: ServiceContext<UserActor>) => PromiseLike<unknown>> = {
  "a plan began or changed at the provider": (ctx) =>
    ctx.db.insert(subscriptions).values({
      ...{ userId: ctx.actor.userId, reference: "sub_1", planCode: "pro", interval: "month" },
      ...{ status: "active", stateAt: ctx.now(), createdAt: ctx.now(), updatedAt: ctx.now() },
      ...month,
    }),
  "a renewal failed": (ctx) =>
    ctx.db.insert(failedPayments).values({
      ...{ userId: ctx.actor.userId, invoiceReference: "in_1", amountDueCents: 900, retryCount: 1 },
      ...{ failedAt: ctx.now(), createdAt: ctx.now(), updatedAt: ctx.now() },
    }),
  "overage was billed": (ctx) =>
    ctx.db.insert(overageBills).values({
      ...{ userId: ctx.actor.userId, id: crypto.randomUUID(), amountCents: 300 },
      ...{ createdAt: ctx.now() },
    }),
  "a limit was set in another window": (ctx) =>
    updateBillingPreferences({ ...ctx, payments: null }, { spendScope: "included" }),
};

test.each(Object.entries(happened))(
  "a page that asks for it learns, without any credits moving, that %s",
  async (_name, happen) => {
    const ctx = await userWithCredits(20);
    const stopping = new AbortController();
    const events = watchUser(ctx, stopping.signal, { include: ["billing"] });
    const isBilling = (event: LiveEvent) => event.type === "billing";
    const before = await until(events, isBilling);

    await happen(ctx);
    ctx.signals.userChanged(ctx.actor.userId);
    const after = await until(events, isBilling);
    expect(after).toEqual([{ type: "billing", version: expect.any(String) }]);
    expect(after[0]).not.toEqual(before.at(-1));
    stopping.abort();
  },
);

test("overage that is paid changes the version once more, and nothing changes it without cause", async () => {
  const ctx = await userWithCredits(20);
  const { userId } = ctx.actor;
  const version = () => billingStateOfUser(ctx.db, { userId });
  const empty = await version();
  await happened["overage was billed"]?.(ctx);
  const owed = await version();
  await ctx.db
    .update(overageBills)
    .set({ paidAt: ctx.now(), paymentReference: "pi_1" })
    .where(eq(overageBills.userId, userId));
  const stranger = await userWithCredits(20);
  await happened["a renewal failed"]?.(stranger);
  const paid = await version();
  expect(new Set([empty, owed, paid]).size).toBe(3);
  expect(await version()).toBe(paid);
});

test("a page from before a state existed is not sent it", async () => {
  const ctx = await userWithCredits(20);
  const { events, stop } = watch(ctx);
  const seen = await until(events, isBalance(20));
  stop();
  expect(seen.map(({ type }) => type)).toEqual(["balance"]);
});
