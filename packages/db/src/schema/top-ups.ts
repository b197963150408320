import { topUpStatuses } from "@tintype/core/top-up";
import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { wallets } from "./credits.ts";

export const topUpStatus = pgEnum("top_up_status", topUpStatuses);

const time = () => timestamp({ withTimezone: true });
const owner = () =>
  uuid()
    .notNull()
    .references(() => wallets.userId);

/** Automatic purchases: reserved before the provider is asked, settled by its webhook. */
export const topUps = pgTable(
  "top_ups",
  {
    userId: owner(),
    id: uuid().notNull(),
    packCode: text().notNull(),
    credits: integer().notNull(),
    priceCents: bigint({ mode: "number" }).notNull(),
    status: topUpStatus().notNull().default("asking"),
    /** Why it was declined. */
    reason: text(),
    /** The provider's name for the payment; null until it has answered. */
    paymentReference: text(),
    askedAt: time().notNull(),
    /** When the provider is asked (again) what became of it; null when that is known. */
    nextAttemptAt: time(),
    attempts: integer().notNull().default(0),
    updatedAt: time().notNull(),
  },
  (t) => [
    primaryKey({ name: "top_ups_pkey", columns: [t.userId, t.id] }),
    check("top_ups_positive", sql`${t.credits} > 0 and ${t.priceCents} > 0`),
    check("top_ups_reason", sql`(${t.status} = 'declined') = (${t.reason} is not null)`),
    uniqueIndex("top_ups_one_in_flight")
      .on(t.userId)
      .where(sql`${t.status} in ('asking', 'charged')`),
    index("top_ups_waiting").on(t.nextAttemptAt).where(sql`${t.nextAttemptAt} is not null`),
    index("top_ups_asked_at").on(t.userId, t.askedAt),
  ],
);

/** Who was told that few credits are left, and when: once until the next ones come. */
export const lowBalanceNotices = pgTable("low_balance_notices", {
  userId: owner().primaryKey(),
  notedAt: time().notNull(),
});
