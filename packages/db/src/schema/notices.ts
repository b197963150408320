import { foreignKey, pgTable, primaryKey, smallint, timestamp, uuid } from "drizzle-orm/pg-core";
import { creditGrants } from "./credits.ts";

const time = () => timestamp({ withTimezone: true });

/** Letters that were sent about credits which expire: each at most once. */
export const expiryNotices = pgTable(
  "expiry_notices",
  {
    userId: uuid().notNull(),
    grantId: uuid().notNull(),
    /** So many days before: 30, 7 or 1. */
    days: smallint().notNull(),
    expiresAt: time().notNull(),
    sentAt: time().notNull(),
  },
  (t) => [
    primaryKey({
      name: "expiry_notices_pkey",
      columns: [t.userId, t.grantId, t.days, t.expiresAt],
    }),
    foreignKey({
      name: "expiry_notices_grant_fkey",
      columns: [t.userId, t.grantId],
      foreignColumns: [creditGrants.userId, creditGrants.id],
    }),
  ],
);
