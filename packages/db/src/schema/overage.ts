import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  foreignKey,
  index,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { modelTier } from "./catalogue.ts";
import { creditGrants } from "./credits.ts";

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
    /** The invoice that asked for it; null while no invoice has. */
    paymentReference: text(),
  },
  (t) => [
    primaryKey({ name: "overage_charges_pkey", columns: [t.userId, t.jobId] }),
    foreignKey({
      name: "overage_charges_grant_fkey",
      columns: [t.userId, t.grantId],
      foreignColumns: [creditGrants.userId, creditGrants.id],
    }),
    check("overage_charges_positive", sql`${t.credits} > 0 and ${t.heldCents} > 0`),
    check(
      "overage_charges_billed_within_held",
      sql`${t.billedCents} between 0 and ${t.heldCents} and ${t.capturedCredits} between 0 and ${t.credits}`,
    ),
    index("overage_charges_created").on(t.userId, t.createdAt),
  ],
);
