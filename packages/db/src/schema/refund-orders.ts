import { refundOrderStates } from "@tintype/core/refunds";
import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  foreignKey,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { payments } from "./billing.ts";
import { wallets } from "./credits.ts";

export const refundOrderState = pgEnum("refund_order_state", refundOrderStates);

const cents = () => bigint({ mode: "number" });
const time = () => timestamp({ withTimezone: true });

/**
 * Refunds that were ordered here: written down before the provider is asked, kept as the record of who gave money back,
 * how much and why. What its buyer may know of an order is shown from the payment; the note is the staff's.
 */
export const refundOrders = pgTable(
  "refund_orders",
  {
    userId: uuid()
      .notNull()
      .references(() => wallets.userId),
    /** Made by whoever sends the request. With the user it is the provider's idempotency key as well. */
    requestId: uuid().notNull(),
    paymentReference: text().notNull(),
    state: refundOrderState().notNull(),
    cents: cents().notNull(),
    /** What will have been refunded of the payment in all once this order is confirmed. */
    refundedAfterCents: cents().notNull(),
    /** The refund that was on its way already, and is again should this one be refused; null: none was. */
    earlierRefundedAfterCents: cents(),
    earlierOrderedAt: time(),
    /** The id of an account. */
    orderedBy: text().notNull(),
    note: text().notNull(),
    orderedAt: time().notNull(),
    /** How often the schedule has asked. */
    attempts: integer().notNull().default(0),
    /** When the schedule asks next; null: the provider has answered, or is not asked any more. */
    nextAttemptAt: time(),
    updatedAt: time().notNull(),
  },
  (t) => [
    primaryKey({ name: "refund_orders_pkey", columns: [t.userId, t.requestId] }),
    foreignKey({
      name: "refund_orders_payment_fkey",
      columns: [t.userId, t.paymentReference],
      foreignColumns: [payments.userId, payments.reference],
    }),
    check("refund_orders_cents", sql`${t.cents} > 0 and ${t.refundedAfterCents} >= ${t.cents}`),
    check(
      "refund_orders_earlier",
      sql`(${t.earlierRefundedAfterCents} is null) = (${t.earlierOrderedAt} is null)`,
    ),
    check(
      "refund_orders_waits",
      sql`(${t.state} = 'ordered') = (${t.nextAttemptAt} is not null) and ${t.attempts} >= 0`,
    ),
    index("refund_orders_payment").on(t.userId, t.paymentReference),
    index("refund_orders_due").on(t.nextAttemptAt).where(sql`${t.nextAttemptAt} is not null`),
  ],
);
