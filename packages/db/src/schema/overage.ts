import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { modelTier } from "./catalogue.ts";
import { creditGrants, wallets } from "./credits.ts";

const time = () => timestamp({ withTimezone: true });

/**
 * What a user owes for the overage of a period, reserved before the provider is asked and settled by its webhook.
 * What it is made of, tier by tier, stands in the charges that name it.
 */
export const overageBills = pgTable(
  "overage_bills",
  {
    userId: uuid()
      .notNull()
      .references(() => wallets.userId),
    id: uuid().notNull(),
    amountCents: bigint({ mode: "number" }).notNull(),
    createdAt: time().notNull(),
    /** When the provider is asked (again); null once it has taken the bill. */
    nextAttemptAt: time(),
    attempts: integer().notNull().default(0),
    lastError: text(),
    /** Of a bill of its own; null while it waits for the next invoice of a plan. */
    invoiceReference: text(),
    /** When its invoice was tried in vain: nothing goes beyond the wallet until it is paid. */
    failedAt: time(),
    paidAt: time(),
    paymentReference: text(),
  },
  (t) => [
    primaryKey({ name: "overage_bills_pkey", columns: [t.userId, t.id] }),
    check("overage_bills_amount", sql`${t.amountCents} > 0 and ${t.attempts} >= 0`),
    check("overage_bills_paid", sql`(${t.paidAt} is null) = (${t.paymentReference} is null)`),
    index("overage_bills_waiting").on(t.nextAttemptAt).where(sql`${t.nextAttemptAt} is not null`),
  ],
);

/** Letters about a limit that is being used up: one for each crossing of each limit in a period. */
export const overageAlerts = pgTable(
  "overage_alerts",
  {
    userId: uuid()
      .notNull()
      .references(() => wallets.userId),
    periodReference: text().notNull(),
    limitCents: bigint({ mode: "number" }).notNull(),
    /** 50, 80 or 100. */
    percent: integer().notNull(),
    notedAt: time().notNull(),
  },
  (t) => [
    primaryKey({
      name: "overage_alerts_pkey",
      columns: [t.userId, t.periodReference, t.limitCents, t.percent],
    }),
  ],
);

/** What a job costs beyond the wallet: promised when its credits are held, owed only for what was delivered. */
export const overageCharges = pgTable(
  "overage_charges",
  {
    userId: uuid().notNull(),
    jobId: uuid().notNull(),
    grantId: uuid().notNull(),
    /** The billing period whose limit it counts against. */
    periodReference: text().notNull(),
    modelTier: modelTier().notNull(),
    credits: bigint({ mode: "number" }).notNull(),
    heldCents: bigint({ mode: "number" }).notNull(),
    /** Null until the job has ended; 0 when nothing of it was used. */
    capturedCredits: bigint({ mode: "number" }),
    billedCents: bigint({ mode: "number" }),
    createdAt: timestamp({ withTimezone: true }).notNull(),
    settledAt: timestamp({ withTimezone: true }),
    /** The bill that asks for it; null while none does. */
    billId: uuid(),
    /** The payment that settled it; null until then. */
    paymentReference: text(),
  },
  (t) => [
    primaryKey({ name: "overage_charges_pkey", columns: [t.userId, t.jobId] }),
    foreignKey({
      name: "overage_charges_grant_fkey",
      columns: [t.userId, t.grantId],
      foreignColumns: [creditGrants.userId, creditGrants.id],
    }),
    foreignKey({
      name: "overage_charges_bill_fkey",
      columns: [t.userId, t.billId],
      foreignColumns: [overageBills.userId, overageBills.id],
    }),
    check("overage_charges_positive", sql`${t.credits} > 0 and ${t.heldCents} > 0`),
    check(
      "overage_charges_billed_within_held",
      sql`${t.billedCents} between 0 and ${t.heldCents} and ${t.capturedCredits} between 0 and ${t.credits}`,
    ),
    index("overage_charges_created").on(t.userId, t.createdAt),
    index("overage_charges_unbilled")
      .on(t.userId, t.createdAt)
      .where(sql`${t.billId} is null and ${t.billedCents} > 0`),
  ],
);
