import { randomUUID } from "node:crypto";
import { DomainError } from "@tintype/core/problems";
import { payments as paymentRows } from "@tintype/db/schema";
import type { PaymentProvider } from "@tintype/integrations/payments/payments";
import { eq, sql } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { refundPayment } from "../src/admin/refund-payment.ts";
import { startRefundWorker } from "../src/billing/refund-worker.ts";
import { balanceOf } from "./billing-story.ts";
import { useRefundDesk } from "./refund-desk.ts";
import { useStripeDesk } from "./stripe-desk.ts";

const story = useStripeDesk({ maxConnections: 8 });
const { desk, buyer, buy, settled, clock } = story;
const { admin, hurry } = useRefundDesk(story);

const failing = (refund: PaymentProvider["refund"]): PaymentProvider => ({
  ...desk.payments,
  refund,
});
const away = () => failing(() => Promise.reject(new DomainError({ code: "payments_unavailable" })));

/** A pack of which a refund was ordered whose answer was lost, now or so many hours ago. */
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
  return { ctx, requestId, reference: payment.reference };
}

/** Runs the worker on the queue until what it does shows; the first attempt is due at once. */
async function work(
  requestId: string,
  payments: PaymentProvider,
  shown: (seen: { state: string; errors: string[]; told: string[] }) => void,
) {
  const { db, url } = story.parts.database;
  await hurry(requestId);
  const [errors, told]: [string[], string[]] = [[], []];
  const worker = await startRefundWorker({
    ...{ databaseUrl: url, db, payments, now: clock.now },
    signals: { userChanged: (userId) => told.push(userId) },
    onError: ({ message }) => errors.push(message),
  });
  try {
    await vi.waitFor(
      async () => {
        const [job] = await db.execute<{ state: string }>(
          sql`select state from pgboss.job where id = ${requestId}`,
        );
        shown({ state: job?.state ?? "gone", errors, told });
      },
      { timeout: 40_000, interval: 100 },
    );
  } finally {
    await worker.stop();
  }
}

test("the worker asks again for what was lost, and the order is done", async () => {
  const { ctx, requestId } = await lostOrder();
  await work(requestId, desk.payments, (seen) =>
    expect(seen).toEqual({ state: "completed", errors: [], told: [] }),
  );
  await settled();
  expect(await balanceOf(ctx)).toEqual({ available: 0, held: 0, owed: 0 });
});

test("what is not known yet, and whatever goes wrong, is said aloud and tried again", async () => {
  const { ctx, requestId, reference } = await lostOrder();
  const message = `the refund ${requestId} of ${reference} is unknown`;
  await work(requestId, away(), (seen) =>
    expect(seen).toEqual({ state: "retry", errors: [message], told: [] }),
  );
  const broken = failing(() => Promise.reject(new Error("the provider speaks in tongues")));
  await work(requestId, broken, (seen) =>
    expect(seen).toEqual({
      ...{ state: "retry", errors: ["the provider speaks in tongues"], told: [] },
    }),
  );
  expect(await balanceOf(ctx)).toMatchObject({ available: 0 });
});

test("what is refused or too old gives back the credits, is cancelled, and its user's pages hear of it", async () => {
  const [refused, old] = [await lostOrder(), await lostOrder()];
  const refusing = failing(() => Promise.reject(new DomainError({ code: "refund_refused" })));
  const ended = async ({ ctx, requestId, reference }: typeof old, outcome: string) => {
    const errors = [`the refund ${requestId} of ${reference} is ${outcome}`];
    await work(requestId, refusing, (seen) =>
      expect(seen).toEqual({ state: "cancelled", errors, told: [ctx.actor.userId] }),
    );
    expect(await balanceOf(ctx)).toEqual({ available: 1_800, held: 0, owed: 0 });
  };
  await ended(refused, "refused");
  clock.advanceSeconds(21 * 3_600);
  await ended(old, "too_old");
});
