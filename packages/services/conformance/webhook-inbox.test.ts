import { failedPayments, webhookEvents } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { listWebhookEvents, replayWebhookEvent } from "../src/admin/webhook-events.ts";
import type { PaymentContext } from "../src/billing/payment-context.ts";
import { EVENT_DAYS, PAYLOAD_DAYS, sweepWebhooks } from "../src/billing/sweep-webhooks.ts";
import type { AdminActor } from "../src/context.ts";
import { balanceOf, days } from "./billing-story.ts";
import { eventIn, ofType, signed, useStripeDesk } from "./stripe-desk.ts";

const story = useStripeDesk();
const { desk, clock, buyer, buy, overhear, deliver, inboxRow, contextFor, workerContext } = story;

const admin = (): PaymentContext<AdminActor> => ({
  ...contextFor<AdminActor>({ kind: "user", userId: crypto.randomUUID(), role: "admin" }),
  payments: desk.payments,
});
const page = { show: "all", limit: 100 } as const;

test("what could not be booked waits with its reason, and replayed it is booked once", async () => {
  const ctx = await buyer();
  const deliveries = await overhear(() => buy(ctx, "plan", "small"));
  const paid = ofType(deliveries, "invoice.paid");
  // A plan that the catalogue does not have: sold by another version of this product.
  const strange = {
    ...paid,
    body: paid.body.replaceAll("tintype_plan_small", "tintype_plan_gone"),
  };
  expect(await deliver(signed(strange.body))).toBe(500);
  const { id } = eventIn(paid);
  const waiting = await listWebhookEvents(admin(), { ...page, show: "waiting" });
  expect(waiting.items).toMatchObject([
    { id, type: "invoice.paid", outcome: null, attempts: 1, hasPayload: true },
  ]);
  expect(waiting.items[0]?.lastError).toContain("a plan was paid that the catalogue does not have");
  expect(await balanceOf(ctx)).toMatchObject({ available: 0 });
  await expect(replayWebhookEvent(admin(), { eventId: id })).rejects.toThrow("catalogue");
  expect(await inboxRow(id)).toMatchObject({ attempts: 2, processedAt: null });

  await ctx.db
    .update(webhookEvents)
    .set({ payload: JSON.parse(paid.body) })
    .where(eq(webhookEvents.id, id));
  for (const attempts of [3, 4]) {
    const replayed = await replayWebhookEvent(admin(), { eventId: id });
    expect(replayed).toMatchObject({ outcome: "applied", lastError: null, attempts });
    expect(await balanceOf(ctx)).toMatchObject({ available: 100 });
  }
  await expect(replayWebhookEvent(admin(), { eventId: "evt_none" })).rejects.toMatchObject({
    problem: { code: "webhook_event_not_found" },
  });
});

test("one about somebody who is not there is found, and can be told again", async () => {
  const ctx = await buyer();
  const deliveries = await overhear(() => buy(ctx, "pack", "bundle_30m"));
  const completed = ofType(deliveries, "checkout.session.completed");
  const stranger = crypto.randomUUID();
  const body = completed.body.replaceAll(ctx.actor.userId, stranger);
  expect(await deliver(signed(body))).toBe(200);
  const { items } = await listWebhookEvents(admin(), { ...page, show: "unknown_user" });
  expect(items).toMatchObject([{ id: eventIn(completed).id, outcome: "unknown_user" }]);
});

test("the inbox is read in pages, newest first, each event once", async () => {
  const all = await listWebhookEvents(admin(), page);
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const next = { show: "all", limit: 2, ...(cursor && { cursor }) } as const;
    const { items, nextCursor } = await listWebhookEvents(admin(), next);
    seen.push(...items.map(({ id }) => id));
    cursor = nextCursor;
  } while (cursor);
  expect(seen).toEqual(all.items.map(({ id }) => id));
  await expect(listWebhookEvents(admin(), { ...page, cursor: "x" })).rejects.toMatchObject({
    problem: { code: "invalid_input" },
  });
});

test("what was said is forgotten when it is old and booked; what waits is not", async () => {
  const ctx = await buyer();
  const deliveries = await overhear(() => buy(ctx, "pack", "bundle_30m"));
  const completed = ofType(deliveries, "checkout.session.completed");
  const paid = ofType(deliveries, "invoice.paid");
  await deliver(completed);
  await deliver(paid);
  const waiting = { type: "x", payload: {}, occurredAt: clock.now(), receivedAt: clock.now() };
  await ctx.db.insert(webhookEvents).values({ id: "evt_waits", ...waiting });
  expect(await sweepWebhooks(workerContext())).toBe(0);
  clock.advanceSeconds(days(PAYLOAD_DAYS + 1) / 1_000);
  expect(await sweepWebhooks(workerContext())).toBeGreaterThan(0);
  const { id } = eventIn(completed);
  expect(await inboxRow(id)).toMatchObject({ payload: null, outcome: "applied" });
  expect(await inboxRow("evt_waits")).toMatchObject({ payload: {} });
  expect(await ctx.db.select().from(failedPayments)).toEqual([]);
  await expect(replayWebhookEvent(admin(), { eventId: id })).rejects.toMatchObject({
    problem: { code: "webhook_payload_swept" },
  });
  // Told again all the same, it is known; and when even that is forgotten, the business key is not.
  expect(await deliver(signed(completed.body))).toBe(200);
  clock.advanceSeconds(days(EVENT_DAYS) / 1_000);
  await sweepWebhooks(workerContext());
  expect(await inboxRow(id)).toBeUndefined();
  expect(await deliver(signed(completed.body))).toBe(200);
  expect(await balanceOf(ctx)).toMatchObject({ available: 1_800 });
});
