import { sql } from "drizzle-orm";
import { check, pgTable, smallint, timestamp, uuid } from "drizzle-orm/pg-core";

/**
 * Which store this database belongs to: both buckets carry the same mark, and every sweep replaces it in both places.
 * A database that was copied or restored from a backup therefore stops agreeing as soon as the other one has swept.
 */
export const installation = pgTable(
  "installation",
  {
    id: smallint().primaryKey().default(1),
    /** Null until this database has been tied to its buckets. */
    storeMark: uuid(),
    /** Being written to the buckets: after a crash they carry this one or the one before. */
    nextStoreMark: uuid(),
    markedAt: timestamp({ withTimezone: true }),
    /** A sweep is at work until then, unless it ends earlier. */
    sweepingUntil: timestamp({ withTimezone: true }),
  },
  (t) => [check("installation_single_row", sql`${t.id} = 1`)],
);
