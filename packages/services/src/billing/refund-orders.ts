import { DomainError } from "@tintype/core/problems";
import type { Tx } from "@tintype/db/client";
import { sql } from "drizzle-orm";
import { fromDrizzle, type JobWithMetadata, type PgBoss } from "pg-boss";
import type { Actor } from "../context.ts";
import type { PaymentContext } from "./payment-context.ts";

export const REFUND_QUEUE = "refund";

/**
 * A refund that somebody has ordered: written down before the provider is asked, under the id of the request, which is
 * also the provider's idempotency key. A request whose answer was lost is asked again from here until it is known.
 */
export type RefundOrder = {
  userId: string;
  paymentReference: string;
  /** The id of the request. */
  requestId: string;
  cents: number;
  /** What will have been refunded of the payment in all: told by the webhook, the order is done. */
  refundedAfterCents: number;
  /** What was on its way already, and is again when this one is refused; absent: nothing was. */
  earlier?: { refundedAfterCents: number; orderedAt: string };
  /** Who and why, for the provider's books as well: the id of an account, and words. */
  orderedBy: string;
  note: string;
  /** ISO 8601. */
  orderedAt: string;
};

/** `isAnswered`: the provider has it, or the webhook has told it; nobody asks for it any more. */
export type OpenRefundOrder = RefundOrder & { isAnswered: boolean };

export type RefundOrders = {
  find: (tx: Tx, requestId: string) => Promise<OpenRefundOrder | null>;
  /** Those of a payment that may still take money, or have taken it. */
  listOpen: (tx: Tx, paymentReference: string) => Promise<OpenRefundOrder[]>;
  /** Those of a payment that were refused or given up. */
  listEnded: (tx: Tx, paymentReference: string) => Promise<RefundOrder[]>;
  /** A step: the provider is asked if, and only if, the transaction commits. */
  add: (tx: Tx, order: RefundOrder) => Promise<void>;
  /** The provider has it: nobody need ask again. */
  finish: (requestId: string) => Promise<void>;
  /** The provider has said no. */
  drop: (requestId: string) => Promise<void>;
};

/** For what gives money back. */
export type RefundContext<A extends Actor = Actor> = PaymentContext<A> & { refunds: RefundOrders };

/** Whoever ordered it asks at once; only what is not known by then is asked again. */
const FIRST_RETRY_SECONDS = 60;

const RECORD_SECONDS = 400 * 24 * 60 * 60;

/** Until the key is forgotten (`isKeyForgotten`): who is asked last gives back what the order has taken. */
export const refundQueueOptions = {
  retryLimit: 20,
  retryDelay: 30,
  retryBackoff: true,
  retryDelayMax: 2 * 60 * 60,
  expireInSeconds: 120,
  // Who gave money back, how much and why is on record as long as the inbox is; and what nobody has worked on stays too.
  retentionSeconds: RECORD_SECONDS,
  deleteAfterSeconds: RECORD_SECONDS,
};

/** The provider forgets a key after a day; asked later, it would make a second refund of the same order. */
const KEY_HOURS = 20;
export const isKeyForgotten = ({ orderedAt }: RefundOrder, now: Date): boolean =>
  now.getTime() - new Date(orderedAt).getTime() > KEY_HOURS * 3_600_000;

const isOpen = ({ state }: JobWithMetadata<RefundOrder>): boolean =>
  state !== "cancelled" && state !== "failed";

const toOrder = ({ data, state }: JobWithMetadata<RefundOrder>): OpenRefundOrder => ({
  ...data,
  isAnswered: state === "completed",
});

const jobsOf = (boss: PgBoss, tx: Tx, key: string) =>
  boss.findJobs<RefundOrder>(REFUND_QUEUE, { key, db: fromDrizzle(tx, sql) });

export const refundOrdersOf = (boss: PgBoss): RefundOrders => ({
  async find(tx, id) {
    const [job] = await boss.findJobs<RefundOrder>(REFUND_QUEUE, { id, db: fromDrizzle(tx, sql) });
    return job && isOpen(job) ? toOrder(job) : null;
  },
  listOpen: async (tx, key) => (await jobsOf(boss, tx, key)).filter(isOpen).map(toOrder),
  listEnded: async (tx, key) =>
    (await jobsOf(boss, tx, key)).filter((job) => !isOpen(job)).map(({ data }) => data),
  async add(tx, order) {
    const id = await boss.send(REFUND_QUEUE, order, {
      ...{ id: order.requestId, singletonKey: order.paymentReference },
      ...{ startAfter: FIRST_RETRY_SECONDS, db: fromDrizzle(tx, sql) },
    });
    // The id is taken by an order that was refused: only another request asks anew.
    if (id === null) throw new DomainError({ code: "refund_refused" });
  },
  async finish(requestId) {
    await boss.complete(REFUND_QUEUE, requestId, {}, { includeQueued: true });
  },
  async drop(requestId) {
    await boss.cancel(REFUND_QUEUE, requestId);
  },
});
