import { randomUUID } from "node:crypto";
import { DomainError } from "@tintype/core/problems";
import type { Db } from "@tintype/db/client";
import { disputes, payments as paymentRows } from "@tintype/db/schema";
import type { PaymentProvider } from "@tintype/integrations/payments/payments";
import { eq, sql, TransactionRollbackError } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { previewRefund, refundPayment } from "../src/admin/refund-payment.ts";
import { retryRefund } from "../src/billing/ask-refunds.ts";
import { listOpenDisputes } from "../src/billing/list-open-disputes.ts";
import { listPayments } from "../src/billing/list-payments.ts";
import { receiveWebhook } from "../src/billing/receive-webhook.ts";
import { requestRefund } from "../src/billing/request-refund.ts";
import { cancelJob } from "../src/jobs/cancel-job.ts";
import { submitJob } from "../src/jobs/submit-job.ts";
import { imageRequest } from "../src/testing.ts";
import { balanceOf, days } from "./billing-story.ts";
import { conformanceCase } from "./case.ts";
import { useRefundDesk } from "./refund-desk.ts";
import { stripeApi } from "./saved-cards.ts";
import { type Buyer, eventIn, signed, useStripeDesk } from "./stripe-desk.ts";

const story = useStripeDesk({ maxConnections: 8 });
const { desk, buyer, buy, settled, clock, letters } = story;
const { admin, refunder, ordersOf } = useRefundDesk(story);
/** 1,800 credits. */
const PACK = "bundle_30m";
/** A buyer who has paid for a pack, and has spent some of it. */
async function bought(spent = 0) {
  const ctx = await buyer();
  await buy(ctx, "pack", PACK);
  await settled();
  const [payment] = await ctx.db
    .select()
    .from(paymentRows)
    .where(eq(paymentRows.userId, ctx.actor.userId));
  if (!payment) throw new Error("nothing was paid");
  if (spent > 0) await spend(ctx, spent);
  const of = { userId: ctx.actor.userId, paymentReference: payment.reference };
  return { ctx, of, paid: payment.paidCents, reference: payment.reference };
}

/** By jobs of 5 credits, as they are made. */
async function spend(ctx: Buyer, credits: number): Promise<void> {
  for (let left = credits; left > 0; left -= 5) await (await story.startJob(ctx)).complete();
}

/** What the emulator's own books say of this customer, beside what ours say. */
async function expectSameBooks(ctx: Buyer): Promise<void> {
  const rows = await ctx.db
    .select()
    .from(paymentRows)
    .where(eq(paymentRows.userId, ctx.actor.userId));
  const sum = (pick: (row: (typeof rows)[number]) => number) =>
    rows.reduce((total, row) => total + pick(row), 0);
  const customer = (
    await ctx.db.execute<{ customer_id: string }>(
      sql`select customer_id from stripe_customers where user_id = ${ctx.actor.userId}`,
    )
  )[0]?.customer_id;
  const book = desk.stripe.controls.books().find((each) => each.customer === customer);
  expect(book).toMatchObject({
    paid: sum(({ paidCents }) => paidCents),
    refunded: sum(({ refundedCents }) => refundedCents),
    disputed: (
      await ctx.db.select().from(disputes).where(eq(disputes.userId, ctx.actor.userId))
    ).reduce(
      (total, { status, disputedCents }) => total + (status === "won" ? 0 : disputedCents),
      0,
    ),
  });
  expect(book?.net).toBeGreaterThanOrEqual(0);
}

async function newestRefund(payment: string): Promise<{ id: string }> {
  const { url, secretKey } = desk.stripe;
  const headers = { authorization: `Bearer ${secretKey}` };
  const answer = await fetch(`${url}/v1/refunds?payment_intent=${payment}`, { headers });
  const [refund] = ((await answer.json()) as { data: { id: string }[] }).data;
  if (!refund) throw new Error(`${payment} has no refund`);
  return refund;
}

const kindsTo = (ctx: Buyer) =>
  letters.filter(({ userId }) => userId === ctx.actor.userId).map(({ kind }) => kind);
const reason = "did not like it";

conformanceCase(
  "R11",
  "an admin sees what is unspent and gives it back once, however often the button is pressed",
  "rule: reserve, commit, ask; the id of the request is the provider's key",
  async () => {
    const { ctx, of, paid } = await bought(5);
    const preview = await previewRefund(admin(), of);
    const share = Math.floor((paid * 1_795) / 1_800);
    expect(preview).toMatchObject({
      ...{ grantedCredits: 1_800, unspentCredits: 1_795, leftCents: paid, refundableCents: share },
      ...{ cents: share, owedCredits: 0 },
    });
    const input = { ...of, cents: preview.cents, requestId: randomUUID(), reason };
    const who = admin();
    const answers = await Promise.all([1, 2, 3].map(() => refundPayment(who, input)));
    expect(answers).toEqual([1, 2, 3].map(() => ({ status: "accepted", cents: share })));
    await settled();
    await expect(refundPayment(who, { ...input, reason: "another" })).rejects.toMatchObject({
      problem: { code: "request_id_reused" },
    });
    expect(await balanceOf(ctx)).toEqual({
      ...{ available: 1_795 - preview.takenCredits, held: 0, owed: 0 },
    });
    expect(kindsTo(ctx)).toEqual(["receipt", "refund"]);
    await expectSameBooks(ctx);
    // Nothing unspent is left, and no more than what is left can go.
    const again = await previewRefund(admin(), { ...of, cents: paid - share });
    expect(again.owedCredits).toBe(5);
    await expect(previewRefund(admin(), { ...of, cents: paid - share + 1 })).rejects.toMatchObject({
      problem: { code: "refund_too_much", leftCents: paid - share },
    });
  },
);

conformanceCase(
  "R12",
  "partly, three times, and two admins at once: never more than was paid, and each time as previewed",
  "rule: a refund whose webhook has not come is in no number yet, so the next one waits",
  async () => {
    const { ctx, of, paid } = await bought();
    const refund = (cents: number) =>
      refundPayment(admin(), { ...of, cents, requestId: randomUUID(), reason });
    desk.stripe.controls.pauseDeliveries();
    const both = await Promise.allSettled([refund(700), refund(600)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await expect(refund(1)).rejects.toMatchObject({ problem: { code: "refund_pending" } });
    desk.stripe.controls.resumeDeliveries();
    await settled();
    for (const cents of [100, 200]) {
      await refund(cents);
      await settled();
    }
    const [row] = await ctx.db
      .select()
      .from(paymentRows)
      .where(eq(paymentRows.userId, ctx.actor.userId));
    const left = paid - (row?.refundedCents ?? 0);
    expect(await previewRefund(admin(), of)).toMatchObject({ leftCents: left, cents: left });
    await refund(left);
    await settled();
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
    await expect(refund(1)).rejects.toMatchObject({ problem: { code: "refund_too_much" } });
    await expectSameBooks(ctx);
  },
);

conformanceCase(
  "R13",
  "a refund whose answer is lost is unknown, asked for again with the same key, and made once",
  "rule: a timeout is not a failure",
  async () => {
    const { ctx, of, paid } = await bought();
    const deaf: PaymentProvider = {
      ...desk.payments,
      refund: async (request) => {
        await desk.payments.refund(request);
        throw new DomainError({ code: "payments_unavailable" });
      },
    };
    const unreachable: PaymentProvider = {
      ...desk.payments,
      refund: () => Promise.reject(new DomainError({ code: "payments_unavailable" })),
    };
    desk.stripe.controls.pauseDeliveries();
    const requestId = randomUUID();
    const input = { ...of, cents: 300, requestId, reason };
    const who = admin(unreachable);
    expect(await refundPayment(who, input)).toEqual({ status: "unknown", cents: 300 });
    expect(await refundPayment({ ...who, payments: deaf }, input)).toMatchObject({
      status: "unknown",
    });
    const [order] = await ordersOf(of.paymentReference);
    if (!order) throw new Error("the order was not written down");
    const parts = { db: ctx.db, payments: desk.payments, now: clock.now };
    expect(await retryRefund(parts, order)).toBe("accepted");
    expect(await retryRefund(parts, order)).toBe("accepted");
    const asked = vi.fn(desk.payments.refund);
    const again = { ...parts, payments: { ...desk.payments, refund: asked } };
    expect(await retryRefund(again, order)).toBe("accepted");
    expect(asked).not.toHaveBeenCalled();
    desk.stripe.controls.resumeDeliveries();
    await settled();
    expect(await retryRefund(parts, order)).toBe("confirmed");
    expect(await previewRefund(admin(), of)).toMatchObject({ leftCents: paid - 300 });
    expect(kindsTo(ctx)).toEqual(["receipt", "refund"]);
    await expectSameBooks(ctx);
  },
);

conformanceCase(
  "R14",
  "a buyer takes back a pack of which nothing is spent, within 14 days; of the rest they learn why not",
  "rule: limits are told with their numbers",
  async () => {
    const { ctx, reference, paid } = await bought();
    const asking = { paymentReference: reference, requestId: randomUUID() };
    const stranger = await buyer();
    await expect(requestRefund(refunder(stranger), asking)).rejects.toMatchObject({
      problem: { code: "payment_not_found" },
    });
    const listed = await listPayments(ctx, { limit: 10 });
    expect(listed.items).toMatchObject([
      { reference, paidCents: paid, refundableCents: paid, productName: expect.any(String) },
    ]);
    const job = await story.startJob(ctx);
    await expect(requestRefund(refunder(ctx), asking)).rejects.toMatchObject({
      problem: { code: "refund_after_spending", unspentCredits: 1_795, grantedCredits: 1_800 },
    });
    expect((await listPayments(ctx, { limit: 10 })).items[0]?.refundableCents).toBe(0);
    await job.fail();
    expect(await requestRefund(refunder(ctx), asking)).toEqual({ status: "accepted", cents: paid });
    await settled();
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
    expect((await listPayments(ctx, { limit: 10 })).items).toMatchObject([
      { refundedCents: paid, refundableCents: 0, refundableUntil: null },
    ]);
    await expectSameBooks(ctx);
  },
);

conformanceCase(
  "R15",
  "what the provider refuses is not waited for, and refund and dispute together never take more than was paid",
  "rule: the bank holds the money of an open dispute",
  async () => {
    const { ctx, of, reference, paid } = await bought(5);
    const half = Math.floor(paid / 2);
    const refund = (cents: number, payments: PaymentProvider | null = desk.payments) =>
      refundPayment(admin(payments), { ...of, cents, requestId: randomUUID(), reason });
    await refund(half);
    await settled();
    desk.stripe.controls.pauseDeliveries();
    const dispute = desk.stripe.controls.dispute(reference, { amount: paid - half });
    // Our books do not know of it yet: the provider refuses, and the order is not left waiting.
    const asked = { ...of, cents: 10, requestId: randomUUID(), reason };
    const who = admin();
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(refundPayment(who, asked)).rejects.toMatchObject({
        problem: { code: "refund_refused" },
      });
    }
    expect(await ordersOf(reference)).toHaveLength(1);
    desk.stripe.controls.resumeDeliveries();
    await settled();
    expect((await balanceOf(ctx))?.available).toBe(0);
    await expectSameBooks(ctx);
    await expect(refund(10)).rejects.toMatchObject({ problem: { code: "payment_disputed" } });
    desk.stripe.controls.closeDispute(dispute.id, "lost");
    await settled();
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 5 });
    await expect(refund(1)).rejects.toMatchObject({ problem: { code: "refund_too_much" } });
    expect(kindsTo(ctx)).toEqual(["receipt", "refund", "dispute_opened", "dispute_closed"]);
    await expectSameBooks(ctx);
  },
);

test("a dispute that is won gives the credits back once, and then they can still be refunded", async () => {
  const { ctx, of, reference, paid } = await bought();
  const dispute = desk.stripe.controls.dispute(reference);
  await settled();
  expect(await balanceOf(ctx)).toMatchObject({ available: 0 });
  await expectSameBooks(ctx);
  desk.stripe.controls.closeDispute(dispute.id, "won");
  await settled();
  expect(await balanceOf(ctx)).toEqual({ available: 1_800, held: 0, owed: 0 });
  await expectSameBooks(ctx);
  await refundPayment(admin(), { ...of, cents: paid, requestId: randomUUID(), reason });
  await settled();
  expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
  expect(kindsTo(ctx)).toEqual(["receipt", "dispute_opened", "dispute_closed", "refund"]);
  await expectSameBooks(ctx);
});

test("a payment whose dispute is open is told however many were made after it, and no other one", async () => {
  const { ctx, reference, paid } = await bought();
  const dispute = desk.stripe.controls.dispute(reference);
  await settled();
  const newer = Array.from({ length: 12 }, (_, index) => ({
    ...{ userId: ctx.actor.userId, reference: `pi_later_${index}`, kind: "overage" as const },
    ...{ paidCents: 100, currency: "usd", paidAt: new Date(Date.now() + days(1)) },
    ...{ createdAt: new Date(), updatedAt: new Date() },
  }));
  await ctx.db.insert(paymentRows).values(newer);
  const { items } = await listPayments(ctx, { limit: 12 });
  expect(items.map((payment) => payment.reference)).not.toContain(reference);
  expect(await listOpenDisputes(ctx)).toMatchObject([{ reference, paidCents: paid }]);
  expect(await listOpenDisputes(await buyer())).toEqual([]);
  desk.stripe.controls.closeDispute(dispute.id, "won");
  await settled();
  expect(await listOpenDisputes(ctx)).toEqual([]);
});

test("a refund that the bank sends back: the credits return, it is told, and another one can be ordered at once", async () => {
  const { ctx, reference, paid } = await bought();
  const takeBack = () =>
    requestRefund(refunder(ctx), { paymentReference: reference, requestId: randomUUID() });
  const listed = async () => (await listPayments(ctx, { limit: 1 })).items[0];
  await takeBack();
  await story.pass(5);
  expect(await listed()).toMatchObject({ refundedCents: paid, hasRefundFailed: false });
  desk.stripe.controls.failRefund((await newestRefund(reference)).id);
  await settled();
  expect(await balanceOf(ctx)).toEqual({ available: 1_800, held: 0, owed: 0 });
  expect(await listed()).toMatchObject({ refundedCents: 0, hasRefundFailed: true });
  expect(kindsTo(ctx)).toEqual(["receipt", "refund", "refund_failed"]);
  await expectSameBooks(ctx);

  await story.pass(5);
  expect(await takeBack()).toEqual({ status: "accepted", cents: paid });
  await settled();
  expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
  expect(await listed()).toMatchObject({ refundedCents: paid, hasRefundFailed: false });
  await expectSameBooks(ctx);
});

conformanceCase(
  "R18",
  "two disputes on one payment at the bank: nothing is refunded while one is open, and both books are the same",
  "rule: the bank holds the money of each open dispute",
  async () => {
    const { ctx, of, reference } = await bought();
    const refund = (cents: number) =>
      refundPayment(admin(), { ...of, cents, requestId: randomUUID(), reason });
    const { controls } = desk.stripe;
    const [first, second] = [
      controls.dispute(reference, { amount: 300 }),
      controls.dispute(reference, { amount: 400 }),
    ];
    await settled();
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
    await expectSameBooks(ctx);
    controls.closeDispute(second.id, "won");
    await settled();
    // The other one is open: its money is at the bank, and nothing of the payment can be used or refunded.
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
    await expect(refund(10)).rejects.toMatchObject({ problem: { code: "payment_disputed" } });
    expect((await listPayments(ctx, { limit: 1 })).items).toMatchObject([
      { disputeStatus: "open", refundableCents: 0 },
    ]);
    await expectSameBooks(ctx);
    controls.closeDispute(first.id, "lost");
    await settled();
    // 300 of 1,900 cents: 284 of 1,800 credits.
    expect(await balanceOf(ctx)).toEqual({ available: 1_516, held: 0, owed: 0 });
    expect((await listPayments(ctx, { limit: 1 })).items).toMatchObject([
      { disputeStatus: "lost" },
    ]);
    await expectSameBooks(ctx);
    const rows = await ctx.db.select().from(disputes).where(eq(disputes.userId, ctx.actor.userId));
    expect(rows.map(({ reference: dispute, status }) => [dispute, status]).toSorted()).toEqual(
      [
        [first.id, "lost"],
        [second.id, "won"],
      ].toSorted(),
    );
    expect(kindsTo(ctx)).toEqual([
      ...["receipt", "dispute_opened", "dispute_opened", "dispute_closed", "dispute_closed"],
    ]);
  },
);

conformanceCase(
  "R24",
  "who has asked for the money back cannot spend the credits while it is on its way; what is refused brings them back",
  "rule: a refund that overtakes a job would be a debt for what was promised to be given back",
  async () => {
    const { ctx, of, reference, paid } = await bought();
    desk.stripe.controls.pauseDeliveries();
    const asked = { paymentReference: reference, requestId: randomUUID() };
    const refusing: PaymentProvider = {
      ...desk.payments,
      refund: () => Promise.reject(new DomainError({ code: "refund_refused" })),
    };
    await expect(requestRefund(refunder(ctx, refusing), asked)).rejects.toMatchObject({
      problem: { code: "refund_refused" },
    });
    expect(await balanceOf(ctx)).toEqual({ available: 1_800, held: 0, owed: 0 });
    const again = { ...asked, requestId: randomUUID() };
    expect(await requestRefund(refunder(ctx), again)).toMatchObject({ status: "accepted" });
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
    expect((await listPayments(ctx, { limit: 1 })).items).toMatchObject([
      { pendingRefundCents: paid, refundedCents: 0, refundableCents: 0 },
    ]);
    await expect(story.startJob(ctx)).rejects.toMatchObject({
      problem: { code: "insufficient_credits" },
    });
    desk.stripe.controls.resumeDeliveries();
    await settled();
    expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
    expect((await listPayments(ctx, { limit: 1 })).items).toMatchObject([
      { pendingRefundCents: 0, refundedCents: paid },
    ]);
    expect(kindsTo(ctx)).toEqual(["receipt", "refund"]);
    await expectSameBooks(ctx);

    // Part of one, as a favour: that part is gone at once, and the rest can be used.
    const other = await bought();
    desk.stripe.controls.pauseDeliveries();
    const cents = Math.floor(paid / 2);
    await refundPayment(admin(), { ...other.of, cents, requestId: randomUUID(), reason });
    const left = 1_800 - Math.floor((1_800 * cents) / paid);
    expect(await balanceOf(other.ctx)).toEqual({ available: left, held: 0, owed: 0 });
    await spend(other.ctx, 5);
    desk.stripe.controls.resumeDeliveries();
    await settled();
    expect(await balanceOf(other.ctx)).toEqual({ available: left - 5, held: 0, owed: 0 });
    expect(of.userId).not.toBe(other.of.userId);
  },
);

test("jobs and the wish for the money at the same moment: one of the two, and never a debt", async () => {
  for (let round = 0; round < 4; round += 1) {
    const { ctx, reference, paid } = await bought();
    desk.stripe.controls.pauseDeliveries();
    const asked = { paymentReference: reference, requestId: randomUUID() };
    const requests = await Promise.all([1, 2, 3].map(() => imageRequest(ctx)));
    const [wish, ...jobs] = await Promise.allSettled([
      requestRefund(refunder(ctx), asked),
      ...requests.map((request) => submitJob(ctx, request)),
    ]);
    const isRefunded = wish.status === "fulfilled";
    expect(jobs.filter(({ status }) => status === "fulfilled")).toHaveLength(isRefunded ? 0 : 3);
    desk.stripe.controls.resumeDeliveries();
    await settled();
    expect(await balanceOf(ctx)).toEqual(
      isRefunded ? { available: 0, held: 0, owed: 0 } : { available: 1_785, held: 15, owed: 0 },
    );
    if (isRefunded) expect(wish.value).toEqual({ status: "accepted", cents: paid });
    for (const { id } of isRefunded ? [] : requests) await cancelJob(ctx, { jobId: id });
  }
});

test("a refund that is never heard of gives back what its order has taken, once nobody asks for it any more", async () => {
  const { ctx, reference, paid } = await bought();
  const away: PaymentProvider = {
    ...desk.payments,
    refund: () => Promise.reject(new DomainError({ code: "payments_unavailable" })),
  };
  const asked = { paymentReference: reference, requestId: randomUUID() };
  const { status } = await requestRefund(refunder(ctx, away), asked);
  expect(status).toBe("unknown");
  const [order] = await ordersOf(reference);
  if (!order) throw new Error("the order was not written down");
  const parts = { db: ctx.db, payments: away, now: clock.now };
  expect(await retryRefund(parts, order)).toBe("ordered");
  expect(await balanceOf(ctx)).toMatchObject({ available: 0 });
  await story.pass(21 * 3_600);
  expect(await retryRefund(parts, order)).toBe("key_expired");
  expect(await retryRefund(parts, order)).toBe("key_expired");
  expect(await balanceOf(ctx)).toEqual({ available: 1_800, held: 0, owed: 0 });
  // It was made after all, by whoever looked at the provider's books: told, it takes them as any refund does.
  await desk.payments.refund({
    ...{ payment: reference, amountCents: paid, idempotencyKey: randomUUID() },
    ...{ orderedBy: "test", note: "by hand" },
  });
  await settled();
  expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
});

test("another refund on top of one whose webhook is late: both are taken, and one that is refused brings back only its own", async () => {
  const { of, ctx, paid } = await bought();
  const refund = (cents: number, payments: PaymentProvider | null = desk.payments) =>
    refundPayment(admin(payments), { ...of, cents, requestId: randomUUID(), reason });
  const refusing: PaymentProvider = {
    ...desk.payments,
    refund: () => Promise.reject(new DomainError({ code: "refund_refused" })),
  };
  const after = (cents: number) => ({
    ...{ available: 1_800 - Math.floor((1_800 * cents) / paid), held: 0, owed: 0 },
  });
  desk.stripe.controls.pauseDeliveries();
  await refund(1_000);
  expect(await balanceOf(ctx)).toEqual(after(1_000));
  expect(await previewRefund(admin(), of)).toMatchObject({
    ...{ reversedCents: 1_000, leftCents: paid - 1_000, refundableCents: paid - 1_000 },
  });
  story.clock.advanceSeconds(25 * 3_600);
  await expect(refund(paid)).rejects.toMatchObject({
    problem: { code: "refund_too_much", leftCents: paid - 1_000 },
  });
  await expect(refund(paid - 1_000, refusing)).rejects.toMatchObject({
    problem: { code: "refund_refused" },
  });
  expect(await balanceOf(ctx)).toEqual(after(1_000));
  expect(await refund(300)).toMatchObject({ status: "accepted" });
  expect(await balanceOf(ctx)).toEqual(after(1_300));
  desk.stripe.controls.advance(25 * 3_600);
  desk.stripe.controls.resumeDeliveries();
  await settled();
  expect(await balanceOf(ctx)).toEqual(after(1_300));
  expect((await listPayments(ctx, { limit: 1 })).items).toMatchObject([
    { refundedCents: 1_300, pendingRefundCents: 0 },
  ]);
  await expectSameBooks(ctx);
});

test("the first of two refunds is sent back while the second waits: refused, the second leaves no promise of the first behind", async () => {
  const { of, ctx, reference } = await bought();
  const order = (cents: number, payments: PaymentProvider) =>
    refundPayment(admin(payments), { ...of, cents, requestId: randomUUID(), reason });
  const late = await story.overhear(() => order(500, desk.payments));
  story.clock.advanceSeconds(25 * 3_600);
  const failing = (code: "payments_unavailable" | "refund_refused"): PaymentProvider => ({
    ...desk.payments,
    refund: () => Promise.reject(new DomainError({ code })),
  });
  expect(await order(300, failing("payments_unavailable"))).toMatchObject({ status: "unknown" });
  expect(await balanceOf(ctx)).toMatchObject({
    available: 1_800 - Math.floor((1_800 * 800) / 1_900),
  });
  for (const { body } of late) expect(await story.deliver(signed(body))).toBe(200);
  desk.stripe.controls.advance(25 * 3_600);
  desk.stripe.controls.failRefund((await newestRefund(reference)).id);
  await settled();
  const second = (await ordersOf(reference)).find(({ cents }) => cents === 300);
  if (!second) throw new Error("the second order is open");
  const { db } = ctx;
  const refused = { db, payments: failing("refund_refused"), now: story.clock.now };
  expect(await retryRefund(refused, second)).toBe("refused");
  expect(await balanceOf(ctx)).toEqual({ available: 1_800, held: 0, owed: 0 });
  expect(await paymentOf(db, reference)).toMatchObject({
    ...{ refundedCents: 0, refundOrderedCents: null },
  });
});

test("an order that nobody may ask for any more is given up before the next one is decided", async () => {
  const { of, ctx, paid, reference } = await bought();
  const away: PaymentProvider = {
    ...desk.payments,
    refund: () => Promise.reject(new DomainError({ code: "payments_unavailable" })),
  };
  const input = (cents: number) => ({ ...of, cents, requestId: randomUUID(), reason });
  await refundPayment(admin(away), input(1_000));
  const [lost] = await ordersOf(reference);
  if (!lost) throw new Error("the order was not written down");
  await story.pass(25 * 3_600);
  desk.stripe.controls.pauseDeliveries();
  await refundPayment(admin(), input(paid));
  const parts = { db: ctx.db, payments: away, now: clock.now };
  expect(await retryRefund(parts, lost)).toBe("key_expired");
  expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
  desk.stripe.controls.resumeDeliveries();
  await settled();
  expect(await paymentOf(ctx.db, reference)).toMatchObject({
    ...{ refundedCents: paid, refundOrderedCents: null },
  });
});

test("an order whose answer was lost keeps its credits, whatever is told of an earlier refund of the payment", async () => {
  const { of, ctx, paid, reference } = await bought();
  const away: PaymentProvider = {
    ...desk.payments,
    refund: () => Promise.reject(new DomainError({ code: "payments_unavailable" })),
  };
  const input = (cents: number) => ({ ...of, cents, requestId: randomUUID(), reason });
  const after = (cents: number) => ({
    ...{ available: 1_800 - Math.floor((1_800 * cents) / paid), held: 0, owed: 0 },
  });
  await refundPayment(admin(), input(300));
  await story.pass(days(7) / 1_000);
  const [first] = await ordersOf(reference);
  expect(await refundPayment(admin(away), input(500))).toMatchObject({ status: "unknown" });
  expect(await balanceOf(ctx)).toEqual(after(800));
  await story.pass(5);
  // Stripe writes down how the first one reached the bank.
  const { id } = await newestRefund(reference);
  const form = { "metadata[reference]": "acquirer" };
  await stripeApi(desk.stripe)("POST", `/v1/refunds/${id}`, form);
  await settled();
  expect(await balanceOf(ctx)).toEqual(after(800));
  await expect(refundPayment(admin(), input(100))).rejects.toMatchObject({
    problem: { code: "refund_pending", cents: 500 },
  });
  const order = (await ordersOf(reference)).find(({ requestId }) => requestId !== first?.requestId);
  if (!order) throw new Error("the order was not written down");
  expect(await retryRefund({ db: ctx.db, payments: desk.payments, now: clock.now }, order)).toBe(
    "accepted",
  );
  await settled();
  expect(await balanceOf(ctx)).toEqual(after(800));
  expect(await paymentOf(ctx.db, reference)).toMatchObject({
    ...{ refundedCents: 800, refundOrderedCents: null },
  });
  await expectSameBooks(ctx);
});

test("a refund that was sent back and is told late does not stand for the one that was ordered after it", async () => {
  const { of, ctx, reference } = await bought();
  const input = { ...of, cents: 500, reason };
  const late = await story.overhear(async () => {
    await refundPayment(admin(), { ...input, requestId: randomUUID() });
  });
  await story.pass(90);
  desk.stripe.controls.failRefund((await newestRefund(reference)).id);
  await settled();
  expect(await balanceOf(ctx)).toMatchObject({ available: 1_800 });
  const away: PaymentProvider = {
    ...desk.payments,
    refund: () => Promise.reject(new DomainError({ code: "payments_unavailable" })),
  };
  await story.pass(5);
  await refundPayment(admin(away), { ...input, requestId: randomUUID() });
  const taken = await balanceOf(ctx);
  expect(taken?.available).toBeLessThan(1_800);
  for (const { body } of late) expect(await story.deliver(signed(body))).toBe(200);
  expect(await balanceOf(ctx)).toEqual(taken);
});

test("an ordered refund that is made and sent back: in every order of what is told, the credits are there again", async () => {
  const { ctx, reference } = await bought();
  const deliveries = await story.overhear(async () => {
    await requestRefund(refunder(ctx), { paymentReference: reference, requestId: randomUUID() });
    await story.pass(5);
    desk.stripe.controls.failRefund((await newestRefund(reference)).id);
  });
  expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
  const about = deliveries.filter((delivery) => /refund/.test(eventIn(delivery).type));
  expect(about.length).toBeGreaterThan(2);
  for (const order of permutationsOf(about)) {
    await ctx.db
      .transaction(async (tx) => {
        const inside = { ...desk.context(), db: tx as unknown as Db };
        for (const { body } of order) {
          const { signature } = signed(body);
          await receiveWebhook(inside, desk.payments.verifyWebhook(body, signature));
        }
        expect(await balanceOf({ ...ctx, db: inside.db })).toMatchObject({ available: 1_800 });
        expect(await paymentOf(inside.db, reference)).toMatchObject({
          ...{ refundedCents: 0, refundOrderedCents: null },
        });
        tx.rollback();
      })
      .catch((error: unknown) => {
        if (!(error instanceof TransactionRollbackError)) throw error;
      });
  }
  for (const { body } of about) expect(await story.deliver(signed(body))).toBe(200);
});

const paymentOf = async (db: Db, reference: string) =>
  (await db.select().from(paymentRows).where(eq(paymentRows.reference, reference)))[0];

const permutationsOf = <T>(all: readonly T[]): T[][] =>
  all.length === 0
    ? [[]]
    : all.flatMap((first) =>
        permutationsOf(all.filter((each) => each !== first)).map((rest) => [first, ...rest]),
      );

test("payments are listed in pages, newest first, each once", async () => {
  const ctx = await buyer();
  for (let count = 0; count < 5; count += 1) await buy(ctx, "pack", PACK);
  await settled();
  const seen: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await listPayments(ctx, { limit: 2, ...(cursor && { cursor }) });
    seen.push(...page.items.map(({ reference }) => reference));
    if (!page.nextCursor) break;
    cursor = page.nextCursor;
  }
  expect(new Set(seen).size).toBe(5);
  expect(seen).toHaveLength(5);
  await expect(listPayments(ctx, { limit: 2, cursor: "x" })).rejects.toMatchObject({
    problem: { code: "invalid_input" },
  });
});
