import { webhookOutcomes } from "@tintype/core/billing";
import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { wallets } from "./credits.ts";
import { users } from "./users.ts";

export const webhookOutcome = pgEnum("webhook_outcome", webhookOutcomes);

const time = () => timestamp({ withTimezone: true });

/** Who is who at the payment provider: one customer for one user, both ways. */
export const stripeCustomers = pgTable("stripe_customers", {
  userId: uuid()
    .primaryKey()
    .references(() => users.id, { onDelete: "cascade" }),
  /** Reserved before the provider is asked: the key under which any number of askers make one customer. */
  requestId: uuid().notNull(),
  /** Null while the provider is being asked. */
  customerId: text().unique("stripe_customers_customer_id"),
  createdAt: time().notNull(),
});

/** Every webhook that was signed as it should be, written in the transaction that books what it says. */
export const webhookEvents = pgTable(
  "webhook_events",
  {
    /** The provider's name of the event: told twice, it is one row. */
    id: text().primaryKey(),
    type: text().notNull(),
    /** The event as it was signed; null once it is old and booked: it names people. */
    payload: jsonb(),
    /** When the provider made it. */
    occurredAt: time().notNull(),
    receivedAt: time().notNull(),
    /** Null: it could not be booked yet, and `lastError` says why. */
    processedAt: time(),
    outcome: webhookOutcome(),
    attempts: integer().notNull().default(1),
    lastError: text(),
  },
  (t) => [
    check(
      "webhook_events_outcome",
      sql`(${t.processedAt} is null) = (${t.outcome} is null) and (${t.processedAt} is null or ${t.lastError} is null)`,
    ),
    index("webhook_events_received_at").on(t.receivedAt, t.id),
    index("webhook_events_waiting").on(t.receivedAt).where(sql`${t.processedAt} is null`),
    index("webhook_events_with_payload")
      .on(t.processedAt)
      .where(sql`${t.processedAt} is not null and ${t.payload} is not null`),
  ],
);

/** Invoices that were tried in vain, and what became of them (seed 000). */
export const failedPayments = pgTable(
  "failed_payments",
  {
    userId: uuid()
      .notNull()
      .references(() => wallets.userId),
    invoiceReference: text().notNull(),
    /** Null for an invoice without a plan. */
    subscriptionReference: text(),
    amountDueCents: bigint({ mode: "number" }).notNull(),
    retryCount: integer().notNull(),
    /** Null: it will not be tried again by itself. */
    nextRetryAt: time(),
    /** Where a person can pay it. */
    payUrl: text(),
    failedAt: time().notNull(),
    /** When the bank debit that is under way for it was started; null: none is. */
    processingAt: time(),
    /** Paid, cancelled or given up. */
    resolvedAt: time(),
    createdAt: time().notNull(),
    updatedAt: time().notNull(),
  },
  (t) => [
    primaryKey({ name: "failed_payments_pkey", columns: [t.userId, t.invoiceReference] }),
    check("failed_payments_not_negative", sql`least(${t.amountDueCents}, ${t.retryCount}) >= 0`),
  ],
);

/**
 * Invoices of a plan's next period that we collect ourselves: the provider would leave each a draft for about an hour.
 * Written down with the event that names it, asked for afterwards, any number of times, until it is no longer a draft.
 */
export const renewals = pgTable(
  "renewals",
  {
    userId: uuid()
      .notNull()
      .references(() => wallets.userId),
    invoiceReference: text().notNull(),
    subscriptionReference: text().notNull(),
    attempts: integer().notNull().default(0),
    /** When the provider is asked (again); null when nothing is left to ask for. */
    nextAttemptAt: time(),
    lastError: text(),
    createdAt: time().notNull(),
  },
  (t) => [
    primaryKey({ name: "renewals_pkey", columns: [t.userId, t.invoiceReference] }),
    check("renewals_not_negative", sql`${t.attempts} >= 0`),
    index("renewals_due").on(t.nextAttemptAt).where(sql`${t.nextAttemptAt} is not null`),
  ],
);
