import { disputeStatuses, paymentKinds, subscriptionStatuses } from "@tintype/core/billing";
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  char,
  check,
  foreignKey,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { planInterval } from "./catalogue.ts";
import { wallets } from "./credits.ts";

export const paymentKind = pgEnum("payment_kind", paymentKinds);
export const disputeStatus = pgEnum("dispute_status", disputeStatuses);
export const subscriptionStatus = pgEnum("subscription_status", subscriptionStatuses);

const owner = () =>
  uuid()
    .notNull()
    .references(() => wallets.userId);
const cents = () => bigint({ mode: "number" }).notNull().default(0);
const time = () => timestamp({ withTimezone: true });

/** Money that has arrived, and how much of it has been taken back. Grants name it in `paymentReference`. */
export const payments = pgTable(
  "payments",
  {
    userId: owner(),
    /** The provider's name for it. */
    reference: text().notNull(),
    kind: paymentKind().notNull(),
    /** Code of the pack or plan; null where no product stands behind it. */
    productCode: text(),
    paidCents: cents(),
    currency: char({ length: 3 }).notNull(),
    refundedCents: cents(),
    /** When the provider made the newest state of the refunds that is written here. */
    refundAt: time(),
    /** What will have been refunded in all once a refund that was ordered here is told; null: none is waited for. */
    refundOrderedCents: bigint({ mode: "number" }),
    /** When one was last ordered here. */
    refundOrderedAt: time(),
    /** Of the orders that the provider has told of, when the last was made. */
    refundToldAt: time(),
    paidAt: time().notNull(),
    updatedAt: time().notNull(),
  },
  (t) => [
    primaryKey({ name: "payments_pkey", columns: [t.userId, t.reference] }),
    check("payments_not_negative", sql`least(${t.paidCents}, ${t.refundedCents}) >= 0`),
    // An order takes credits by this number: beyond what was paid it would take more than the payment has brought.
    check(
      "payments_refund_ordered",
      sql`${t.refundOrderedCents} between 0 and ${t.paidCents} and (${t.refundOrderedCents} is null or ${t.refundOrderedAt} is not null)`,
    ),
    index("payments_paid_at").on(t.userId, t.paidAt),
    // For a refund to somebody whom the provider has forgotten meanwhile.
    index("payments_reference").on(t.reference),
  ],
);

/** What buyers have complained about to their banks: a payment can be disputed more than once, each time in part. */
export const disputes = pgTable(
  "disputes",
  {
    userId: owner(),
    /** The provider's name for it. */
    reference: text().notNull(),
    paymentReference: text().notNull(),
    disputedCents: cents(),
    status: disputeStatus().notNull(),
    /** When the provider made this state: an older one that comes later is passed over. */
    stateAt: time().notNull(),
    updatedAt: time().notNull(),
  },
  (t) => [
    primaryKey({ name: "disputes_pkey", columns: [t.userId, t.reference] }),
    foreignKey({
      name: "disputes_payment_fkey",
      columns: [t.userId, t.paymentReference],
      foreignColumns: [payments.userId, payments.reference],
    }),
    check("disputes_not_negative", sql`${t.disputedCents} >= 0`),
    index("disputes_payment").on(t.userId, t.paymentReference),
  ],
);

/** A plan that somebody has taken; always the newest state the provider told, whatever the order it came in. */
export const subscriptions = pgTable(
  "subscriptions",
  {
    userId: owner(),
    reference: text().notNull(),
    planCode: text().notNull(),
    interval: planInterval().notNull(),
    status: subscriptionStatus().notNull(),
    periodStart: time().notNull(),
    periodEnd: time().notNull(),
    cancelAtPeriodEnd: boolean().notNull().default(false),
    /** The plan that begins with the next period; null when it stays. */
    nextPlanCode: text(),
    /** When the provider made this state: an older one that comes later is passed over. */
    stateAt: time().notNull(),
    createdAt: time().notNull(),
    updatedAt: time().notNull(),
  },
  (t) => [
    primaryKey({ name: "subscriptions_pkey", columns: [t.userId, t.reference] }),
    check("subscriptions_period", sql`${t.periodEnd} > ${t.periodStart}`),
  ],
);

/** A period that was paid: its allowance is granted once, for a year month by month. */
export const paidPeriods = pgTable(
  "paid_periods",
  {
    userId: owner(),
    /** The invoice line: the business key of the allowance. */
    reference: text().notNull(),
    subscriptionReference: text().notNull(),
    planCode: text().notNull(),
    paymentReference: text().notNull(),
    paidCents: cents(),
    startsAt: time().notNull(),
    endsAt: time().notNull(),
    /** Credits of each month. */
    allowanceCredits: integer().notNull(),
    /** For a change to a larger plan: when, and what the plan before gave each month. Null for a whole period. */
    changedAt: time(),
    previousAllowanceCredits: integer(),
    months: smallint().notNull().default(1),
    monthsGranted: smallint().notNull().default(0),
    /** When the next month's allowance is due; null when all are granted. */
    nextGrantAt: time(),
    createdAt: time().notNull(),
  },
  (t) => [
    primaryKey({ name: "paid_periods_pkey", columns: [t.userId, t.reference] }),
    check(
      "paid_periods_change",
      sql`(${t.changedAt} is null) = (${t.previousAllowanceCredits} is null)`,
    ),
    check("paid_periods_months", sql`${t.monthsGranted} between 0 and ${t.months}`),
    index("paid_periods_due").on(t.nextGrantAt).where(sql`${t.nextGrantAt} is not null`),
    index("paid_periods_subscription").on(t.userId, t.subscriptionReference, t.startsAt),
  ],
);
