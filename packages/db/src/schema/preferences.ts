import { MAX_OVERAGE_LIMIT_CENTS } from "@tintype/core/billing";
import { spendScopes } from "@tintype/core/spend-scope";
import { MAX_TOP_UP_CAP_CENTS, MAX_TOP_UP_THRESHOLD } from "@tintype/core/top-up";
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgEnum,
  pgTable,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { users } from "./users.ts";

export const spendScope = pgEnum("spend_scope", spendScopes);

/** What a user has chosen about money and letters; whoever has no row has the defaults. */
export const userPreferences = pgTable(
  "user_preferences",
  {
    userId: uuid()
      .primaryKey()
      .references(() => users.id, { onDelete: "cascade" }),
    /** The most that may be spent beyond the wallet in one period, in US cents; null: never beyond it. */
    overageLimitCents: bigint({ mode: "number" }),
    /** What jobs may use. With the default, overage begins when a limit is set and not before. */
    spendScope: spendScope().notNull().default("all_and_overage"),
    /** When the user turned the automatic purchase on, the last time; null: it is off. */
    topUpEnabledAt: timestamp({ withTimezone: true }),
    topUpThresholdCredits: integer(),
    topUpPackCode: text(),
    topUpMonthlyCapCents: bigint({ mode: "number" }),
    emailNotifications: boolean().notNull().default(true),
    /** An IANA name; the user's days begin there. */
    timeZone: text().notNull().default("UTC"),
    updatedAt: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [
    check(
      "user_preferences_overage_limit",
      sql`${t.overageLimitCents} between 0 and ${sql.raw(String(MAX_OVERAGE_LIMIT_CENTS))}`,
    ),
    check(
      "user_preferences_top_up",
      sql`(${t.topUpEnabledAt} is null or num_nulls(${t.topUpThresholdCredits}, ${t.topUpPackCode}, ${t.topUpMonthlyCapCents}) = 0) and ${t.topUpThresholdCredits} between 1 and ${sql.raw(String(MAX_TOP_UP_THRESHOLD))} and ${t.topUpMonthlyCapCents} between 0 and ${sql.raw(String(MAX_TOP_UP_CAP_CENTS))}`,
    ),
    index("user_preferences_top_up_on").on(t.userId).where(sql`${t.topUpEnabledAt} is not null`),
  ],
);
