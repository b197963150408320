import { MAX_OVERAGE_LIMIT_CENTS } from "@tintype/core/billing";
import { sql } from "drizzle-orm";
import { bigint, boolean, check, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { users } from "./users.ts";

/** What a user has chosen about money and letters; whoever has no row has the defaults. */
export const userPreferences = pgTable(
  "user_preferences",
  {
    userId: uuid()
      .primaryKey()
      .references(() => users.id, { onDelete: "cascade" }),
    /** The most that may be spent beyond the wallet in one period, in US cents; null: never beyond it. */
    overageLimitCents: bigint({ mode: "number" }),
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
  ],
);
