import { randomUUID } from "node:crypto";
import { DomainError } from "@tintype/core/problems";
import { payments as paymentRows } from "@tintype/db/schema";
import type { PaymentProvider } from "@tintype/integrations/payments/payments";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { refundPayment } from "../src/admin/refund-payment.ts";
import { askDueRefunds } from "../src/billing/ask-refunds.ts";
import { claimRefundOrder } from "../src/billing/refund-orders.ts";
import { balanceOf } from "./billing-story.ts";
import { useRefundDesk } from "./refund-desk.ts";
import { useStripeDesk } from "./stripe-desk.ts";

const story = useStripeDesk({ maxConnections: 8 });
const { desk, buyer, buy, settled, clock } = story;
const { admin, orderOf } = useRefundDesk(story);

const failing = (refund: PaymentProvider["refund"]): PaymentProvider => ({
  ...desk.payments,
  refund,
});
const away = () => failing(() => Promise.reject(new DomainError({ code: "payments_unavailable" })));
const refusing = () => failing(() => Promise.reject(new DomainError({ code: "refund_refused" })));

/** A pack of which a refund was ordered whose answer was lost. */
async function lostOrder() {
  const ctx = await buyer();
  await buy(ctx, "pack", "bundle_30m");
  await settled();
  const [payment] = await ctx.db
    .select()
    .from(paymentRows)
    .where(eq(paymentRows.userId, ctx.actor.userId));
  if (!payment) throw new Error("nothing was paid");
  const of = { userId: ctx.actor.userId, paymentReference: payment.reference };
  const requestId = randomUUID();
  const input = { ...of, cents: payment.paidCents, requestId, reason: "a favour" };
  expect(await refundPayment(admin(away()), input)).toMatchObject({ status: "unknown" });
  return { ctx, requestId, paid: payment.paidCents };
}

/** A round of one worker; `changed` are the users whose pages hear of it. */
async function work(payments: PaymentProvider) {
  const changed: string[] = [];
  const context = desk.context();
  const signals = { ...context.signals, userChanged: (userId: string) => changed.push(userId) };
  const asked = await askDueRefunds({ ...context, payments, signals });
  return { states: asked.map(({ state }) => state), changed };
}

const nothing = { states: [], changed: [] };

test("the schedule asks again for what was lost, once it is due, and the order ends confirmed", async () => {
  const { ctx, requestId } = await lostOrder();
  expect(await work(desk.payments)).toEqual(nothing);
  clock.advanceSeconds(61);
  expect(await work(desk.payments)).toEqual({ states: ["accepted"], changed: [] });
  await settled();
  expect(await orderOf(requestId)).toMatchObject({ state: "confirmed", nextAttemptAt: null });
  expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
  clock.advanceSeconds(24 * 3_600);
  expect(await work(desk.payments)).toEqual(nothing);
});

test("what is not known yet waits twice as long each time; what fails keeps no other order waiting", async () => {
  const [first, second] = [await lostOrder(), await lostOrder()];
  clock.advanceSeconds(61);
  expect(await work(away())).toEqual({ states: ["ordered", "ordered"], changed: [] });
  clock.advanceSeconds(31);
  const broken = failing((request) =>
    request.idempotencyKey.endsWith(first.requestId)
      ? Promise.reject(new Error("the provider speaks in tongues"))
      : desk.payments.refund(request),
  );
  await expect(work(broken)).rejects.toMatchObject({ errors: [expect.any(Error)] });
  expect((await orderOf(second.requestId)).state).toMatch(/^(accepted|confirmed)$/);
  expect(await orderOf(first.requestId)).toMatchObject({ state: "ordered", attempts: 2 });
  clock.advanceSeconds(31);
  expect(await work(desk.payments)).toEqual(nothing);
  clock.advanceSeconds(30);
  expect(await work(desk.payments)).toMatchObject({ states: ["accepted"] });
  expect(await balanceOf(first.ctx)).toMatchObject({ available: 0 });
});

test("what is refused, or never answered until its key expires, gives the credits back, and its user's pages hear of it", async () => {
  const refused = await lostOrder();
  clock.advanceSeconds(61);
  const of = (userId: string, state: string) => ({ states: [state], changed: [userId] });
  expect(await work(refusing())).toEqual(of(refused.ctx.actor.userId, "refused"));
  const expired = await lostOrder();
  const ordered = clock.now().getTime();
  let changed: string[] = [];
  while (changed.length === 0) {
    clock.advanceSeconds(1_800);
    changed = (await work(away())).changed;
    expect(clock.now().getTime() - ordered).toBeLessThanOrEqual(20.5 * 3_600_000);
  }
  expect(changed).toEqual([expired.ctx.actor.userId]);
  for (const { ctx, requestId } of [refused, expired]) {
    expect(await balanceOf(ctx)).toEqual({ available: 1_800, held: 0, owed: 0 });
    expect((await orderOf(requestId)).nextAttemptAt).toBeNull();
  }
  expect(await orderOf(expired.requestId)).toMatchObject({ state: "key_expired" });
});

test("any number of workers ask once a round; what one leaves behind when it dies is another's at the next attempt", async () => {
  const { requestId } = await lostOrder();
  clock.advanceSeconds(61);
  let asked = 0;
  const slow = failing(async () => {
    asked += 1;
    throw new DomainError({ code: "payments_unavailable" });
  });
  await Promise.all([1, 2, 3, 4].map(() => work(slow)));
  expect(asked).toBe(1);
  clock.advanceSeconds(60);
  // Claimed, and then its process was killed.
  expect(await claimRefundOrder(desk.context().db, await orderOf(requestId), clock.now())).toBe(
    true,
  );
  expect(await work(desk.payments)).toEqual(nothing);
  clock.advanceSeconds(121);
  expect(await work(desk.payments)).toMatchObject({ states: ["accepted"] });
});

test("an answer that comes after the webhook, or after the order was given up, changes nothing", async () => {
  const { ctx, requestId } = await lostOrder();
  const order = await orderOf(requestId);
  clock.advanceSeconds(61);
  const late = failing(async (request) => {
    await desk.payments.refund(request);
    await settled();
  });
  expect(await work(late)).toMatchObject({ states: ["accepted"] });
  expect(await orderOf(requestId)).toMatchObject({ state: "confirmed" });
  const [one, other] = [await lostOrder(), await lostOrder()];
  clock.advanceSeconds(61);
  await Promise.all([work(refusing()), work(refusing())]);
  for (const lost of [one, other]) {
    expect(await balanceOf(lost.ctx)).toEqual({ available: 1_800, held: 0, owed: 0 });
    expect(await orderOf(lost.requestId)).toMatchObject({ state: "refused" });
  }
  expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
  expect(order.state).toBe("ordered");
});
