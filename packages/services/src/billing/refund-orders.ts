import { isOrderReported, type RefundTold } from "@tintype/core/payment-state";
import type { RefundOrderState } from "@tintype/core/refunds";
import type { Db, Tx } from "@tintype/db/client";
import { refundOrders } from "@tintype/db/schema";
import { and, asc, eq, inArray, lte, notInArray } from "drizzle-orm";
import { nextAttempt } from "./retry-delay.ts";

/**
 * A refund that somebody has ordered: written down before the provider is asked, under the id of the request. An order
 * whose answer was lost is asked for again from here until it is answered or its idempotency key has expired.
 */
export type RefundOrder = typeof refundOrders.$inferSelect;

type NewRefundOrder = Omit<RefundOrder, "state" | "attempts" | "nextAttemptAt" | "updatedAt">;

/** Whoever ordered it asks at once; only what is not known by then is asked again. */
const FIRST_RETRY_MS = 60_000;
const PER_ROUND = 100;

/** Stripe forgets an idempotency key after 24 hours (docs.stripe.com/api/idempotent_requests): asked later, the same order would be refunded twice. */
const KEY_MS = 20 * 3_600_000;
export const isKeyExpired = ({ orderedAt }: Pick<RefundOrder, "orderedAt">, now: Date): boolean =>
  now.getTime() - orderedAt.getTime() > KEY_MS;

export async function findRefundOrder(
  db: Tx | Db,
  userId: string,
  requestId: string,
): Promise<RefundOrder | undefined> {
  const [order] = await db.select().from(refundOrders).where(isOrder({ userId, requestId }));
  return order;
}

/** Those of a payment that may still take money, or have taken it, in the order in which they were made. */
export const listOpenRefundOrders = (
  db: Tx | Db,
  userId: string,
  paymentReference: string,
): Promise<RefundOrder[]> =>
  db
    .select()
    .from(refundOrders)
    .where(
      and(
        isOfPayment(userId, paymentReference),
        notInArray(refundOrders.state, ["refused", "key_expired"]),
      ),
    )
    .orderBy(asc(refundOrders.orderedAt));

/** A step: the provider is asked if, and only if, the transaction commits. */
export async function addRefundOrder(tx: Tx, order: NewRefundOrder): Promise<RefundOrder> {
  const { orderedAt } = order;
  const row: RefundOrder = {
    ...{ ...order, state: "ordered", attempts: 0, updatedAt: orderedAt },
    nextAttemptAt: new Date(orderedAt.getTime() + FIRST_RETRY_MS),
  };
  await tx.insert(refundOrders).values(row);
  return row;
}

/**
 * What the provider has answered, or that it is not asked any more. @returns false when the order has left `ordered`
 * already, by another process or a webhook, and stays as it is
 */
export async function answerRefundOrder(
  db: Tx | Db,
  { userId, requestId }: RefundOrder,
  state: Extract<RefundOrderState, "accepted" | "refused" | "key_expired">,
  now: Date,
): Promise<boolean> {
  const answered = await db
    .update(refundOrders)
    .set({ state, nextAttemptAt: null, updatedAt: now })
    .where(and(isOrder({ userId, requestId }), eq(refundOrders.state, "ordered")))
    .returning({ requestId: refundOrders.requestId });
  return answered.length > 0;
}

/** A step of the webhook. Also for an order that nobody asks for any more: it was made after all. */
export async function confirmRefundOrders(
  tx: Tx,
  userId: string,
  paymentReference: string,
  report: RefundTold,
  now: Date,
): Promise<void> {
  const waiting = await tx
    .select()
    .from(refundOrders)
    .where(
      and(
        isOfPayment(userId, paymentReference),
        inArray(refundOrders.state, ["ordered", "accepted", "key_expired"]),
      ),
    );
  const confirmed = waiting.filter((order) => isOrderReported(order, report));
  if (confirmed.length === 0) return;
  const requestIds = confirmed.map(({ requestId }) => requestId);
  await tx
    .update(refundOrders)
    .set({ state: "confirmed", nextAttemptAt: null, updatedAt: now })
    .where(and(eq(refundOrders.userId, userId), inArray(refundOrders.requestId, requestIds)));
}

/** Those whose turn it is to be asked for again, the longest waiting first; claim each before it is asked for. */
export const listDueRefundOrders = (db: Db, now: Date): Promise<RefundOrder[]> =>
  db
    .select()
    .from(refundOrders)
    .where(lte(refundOrders.nextAttemptAt, now))
    .orderBy(asc(refundOrders.nextAttemptAt))
    .limit(PER_ROUND);

/** @returns whether this process may ask: the others pass it by until the next attempt, also should this one die */
export async function claimRefundOrder(db: Db, order: RefundOrder, now: Date): Promise<boolean> {
  const { attempts, orderedAt } = order;
  // As soon as nobody may ask any more, its credits come back.
  const expiresAt = orderedAt.getTime() + KEY_MS + 1_000;
  const next = nextAttempt(now, attempts);
  const isLast = now.getTime() < expiresAt && next.getTime() > expiresAt;
  const claimed = await db
    .update(refundOrders)
    .set({
      attempts: attempts + 1,
      nextAttemptAt: isLast ? new Date(expiresAt) : next,
      updatedAt: now,
    })
    .where(
      and(isOrder(order), eq(refundOrders.state, "ordered"), eq(refundOrders.attempts, attempts)),
    )
    .returning({ requestId: refundOrders.requestId });
  return claimed.length > 0;
}

const isOrder = ({ userId, requestId }: Pick<RefundOrder, "userId" | "requestId">) =>
  and(eq(refundOrders.userId, userId), eq(refundOrders.requestId, requestId));

const isOfPayment = (userId: string, paymentReference: string) =>
  and(eq(refundOrders.userId, userId), eq(refundOrders.paymentReference, paymentReference));
