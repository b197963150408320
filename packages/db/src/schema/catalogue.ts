import { catalogueNames, priceUnits } from "@tintype/core/catalogue";
import { jobKinds, modelTiers, qualityTiers } from "@tintype/core/generation";
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  char,
  check,
  integer,
  pgEnum,
  pgTable,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";

export const jobKind = pgEnum("job_kind", jobKinds);
export const modelTier = pgEnum("model_tier", modelTiers);
export const qualityTier = pgEnum("quality_tier", qualityTiers);
export const priceUnit = pgEnum("price_unit", priceUnits);
export const catalogueName = pgEnum("catalogue_name", catalogueNames);
export const planInterval = pgEnum("plan_interval", ["month", "year"]);

/** The one row that says which preset this installation started from, and its rewards. */
export const catalogueState = pgTable(
  "catalogue_state",
  {
    id: smallint().primaryKey().default(1),
    name: catalogueName().notNull(),
    welcomeCredits: integer().notNull(),
    welcomeExpiresDays: integer(),
    referralCredits: integer().notNull(),
    streakCredits: integer().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [check("catalogue_state_single_row", sql`${t.id} = 1`)],
);

/** The price list. A row is never changed after its `valid_from`: a new price is a new row. */
export const prices = pgTable(
  "prices",
  {
    id: uuid().primaryKey().defaultRandom(),
    kind: jobKind().notNull(),
    modelTier: modelTier().notNull(),
    qualityTier: qualityTier().notNull(),
    unit: priceUnit().notNull(),
    /** Thousandths of a credit, hundredths, and millionths of a US dollar: see core/catalogue. */
    milliCreditsPerUnit: integer().notNull(),
    multiplierPercent: integer().notNull(),
    basePriceMicros: bigint({ mode: "number" }).notNull(),
    cancelFeePercent: smallint().notNull().default(0),
    validFrom: timestamp({ withTimezone: true }).notNull(),
    validUntil: timestamp({ withTimezone: true }),
  },
  (t) => [
    unique("prices_tier_valid_from").on(t.kind, t.modelTier, t.qualityTier, t.validFrom),
    check("prices_positive", sql`${t.milliCreditsPerUnit} > 0 and ${t.multiplierPercent} > 0`),
    check("prices_cancel_fee_percent", sql`${t.cancelFeePercent} between 0 and 100`),
    check(
      "prices_valid_until_after_from",
      sql`${t.validUntil} is null or ${t.validUntil} > ${t.validFrom}`,
    ),
  ],
);

export const plans = pgTable("plans", {
  code: text().primaryKey(),
  name: text().notNull(),
  priceCents: integer().notNull(),
  currency: char({ length: 3 }).notNull(),
  interval: planInterval().notNull(),
  allowanceCredits: integer().notNull(),
  position: smallint().notNull(),
  active: boolean().notNull().default(true),
});

export const packs = pgTable("packs", {
  code: text().primaryKey(),
  name: text().notNull(),
  priceCents: integer().notNull(),
  currency: char({ length: 3 }).notNull(),
  credits: integer().notNull(),
  position: smallint().notNull(),
  active: boolean().notNull().default(true),
});

export type PriceRow = typeof prices.$inferSelect;
