import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  date,
  index,
  integer,
  pgTable,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { creditCategory } from "./credits.ts";
import { users } from "./users.ts";

const time = () => timestamp({ withTimezone: true });

/** A code that gives credits, once to each user and only so many times in all. */
export const promoCodes = pgTable(
  "promo_codes",
  {
    /** In capitals: users type it as they like. */
    code: text().primaryKey(),
    credits: integer().notNull(),
    /** Days the credits may be used; null: they do not expire. */
    creditsExpireDays: integer(),
    /** How many users may have it, and how many have. */
    budget: integer().notNull(),
    redeemed: integer().notNull().default(0),
    startsAt: time().notNull(),
    endsAt: time(),
    createdBy: text().notNull(),
    note: text().notNull(),
    createdAt: time().notNull(),
    disabledAt: time(),
  },
  (t) => [
    check("promo_codes_capitals", sql`${t.code} = upper(${t.code})`),
    check("promo_codes_credits_positive", sql`${t.credits} > 0`),
    check("promo_codes_within_budget", sql`${t.redeemed} between 0 and ${t.budget}`),
    check("promo_codes_ends_after_start", sql`${t.endsAt} is null or ${t.endsAt} > ${t.startsAt}`),
  ],
);

export const referralCodes = pgTable("referral_codes", {
  userId: uuid()
    .primaryKey()
    .references(() => users.id),
  code: text().notNull().unique("referral_codes_code_key"),
  createdAt: time().notNull(),
});

/** Who brought whom; the reward comes with the referee's first settled payment. */
export const referrals = pgTable(
  "referrals",
  {
    refereeId: uuid()
      .primaryKey()
      .references(() => users.id),
    referrerId: uuid()
      .notNull()
      .references(() => users.id),
    createdAt: time().notNull(),
    /** The payment that earned the reward; when it is reversed, so is the reward. */
    paymentReference: text(),
    rewardedAt: time(),
  },
  (t) => [
    check("referrals_not_self", sql`${t.refereeId} <> ${t.referrerId}`),
    index("referrals_referrer").on(t.referrerId),
  ],
);

/** How many days in a row somebody has been here, by the calendar of their time zone. */
export const streaks = pgTable("streaks", {
  userId: uuid()
    .primaryKey()
    .references(() => users.id),
  lastDay: date({ mode: "string" }).notNull(),
  days: integer().notNull(),
  updatedAt: time().notNull(),
});

/** Addresses that had their welcome credits, as hashes: an account that is deleted and made anew gets none again. */
export const welcomedAddresses = pgTable("welcomed_addresses", {
  addressHash: text().primaryKey(),
  createdAt: time().notNull(),
});

/** Imported balances that wait for somebody to show that the address is theirs. */
export const creditClaims = pgTable(
  "credit_claims",
  {
    /** The other system's name for the balance: once in its life, waiting or granted. */
    externalId: text().primaryKey(),
    /** In lower case, as in `users`. */
    email: text().notNull(),
    credits: bigint({ mode: "number" }).notNull(),
    category: creditCategory().notNull(),
    expiresAt: time(),
    costBasisCents: bigint({ mode: "number" }).notNull(),
    note: text().notNull(),
    createdAt: time().notNull(),
    claimedBy: uuid().references(() => users.id),
    claimedAt: time(),
  },
  (t) => [
    check("credit_claims_credits_positive", sql`${t.credits} > 0`),
    check("credit_claims_email_lower_case", sql`${t.email} = lower(${t.email})`),
    check("credit_claims_claimed_whole", sql`(${t.claimedBy} is null) = (${t.claimedAt} is null)`),
    index("credit_claims_email").on(t.email),
  ],
);

export type CreditClaim = typeof creditClaims.$inferSelect;
