import {
  creditAccounts,
  creditCategories,
  creditEventKinds,
  creditSources,
} from "@tintype/core/credits";
import { sql } from "drizzle-orm";
import {
  bigint,
  char,
  check,
  foreignKey,
  index,
  pgEnum,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { users } from "./users.ts";

export const creditAccount = pgEnum("credit_account", creditAccounts);
export const creditEventKind = pgEnum("credit_event_kind", creditEventKinds);
export const creditSource = pgEnum("credit_source", creditSources);
export const creditCategory = pgEnum("credit_category", creditCategories);
export const actorKinds = ["user", "admin", "system"] as const;
export const actorKind = pgEnum("actor_kind", actorKinds);

const credits = () => bigint({ mode: "number" }).notNull().default(0);

/**
 * One row per user: the running totals of `creditEntries`, and the row that every credit change locks.
 * A projection: it can be rebuilt from the entries, never the other way round.
 */
export const wallets = pgTable(
  "wallets",
  {
    userId: uuid()
      .primaryKey()
      .references(() => users.id),
    available: credits(),
    held: credits(),
    owed: credits(),
    /** Sequence number of the newest event; there is no gap below it. Also the wallet's version. */
    seq: credits(),
    updatedAt: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [
    check("wallets_available_not_negative", sql`${t.available} >= 0`),
    check("wallets_held_not_negative", sql`${t.held} >= 0`),
    check("wallets_owed_not_negative", sql`${t.owed} >= 0`),
  ],
);

/** A bucket of credits with one origin and one expiry. The running columns always add up to `amount`. */
export const creditGrants = pgTable(
  "credit_grants",
  {
    userId: uuid()
      .notNull()
      .references(() => wallets.userId),
    id: uuid().notNull(),
    source: creditSource().notNull(),
    category: creditCategory().notNull(),
    amount: bigint({ mode: "number" }).notNull(),
    available: credits(),
    held: credits(),
    spent: credits(),
    expired: credits(),
    frozen: credits(),
    reversed: credits(),
    owed: credits(),
    /** Credits that are to be gone because their payment was reversed; what jobs hold is taken when they end. */
    reversalTarget: credits(),
    /** Since when a dispute keeps the unspent part from being used. */
    frozenSince: timestamp({ withTimezone: true }),
    priority: smallint().notNull().default(50),
    effectiveAt: timestamp({ withTimezone: true }).notNull(),
    expiresAt: timestamp({ withTimezone: true }),
    /** What the user paid for all of the grant, in cents of `currency`. */
    costBasisCents: bigint({ mode: "number" }).notNull().default(0),
    currency: char({ length: 3 }).notNull().default("usd"),
    paymentReference: text(),
    periodReference: text(),
    /** The allowance whose remainder this is; null for all but rollovers. */
    rolledOverFrom: uuid(),
    /** Sequence number of the event that issued it. */
    issuedSeq: bigint({ mode: "number" }).notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [
    primaryKey({ name: "credit_grants_pkey", columns: [t.userId, t.id] }),
    check("credit_grants_amount_positive", sql`${t.amount} > 0`),
    check(
      "credit_grants_accounts_add_up",
      sql`${t.available} + ${t.held} + ${t.spent} + ${t.expired} + ${t.frozen} + ${t.reversed} + ${t.owed} = ${t.amount}`,
    ),
    check(
      "credit_grants_accounts_not_negative",
      sql`least(${t.available}, ${t.held}, ${t.spent}, ${t.expired}, ${t.frozen}, ${t.reversed}, ${t.owed}) >= 0`,
    ),
    check(
      "credit_grants_reversal_within_amount",
      sql`${t.reversalTarget} between 0 and ${t.amount}`,
    ),
    check(
      "credit_grants_expires_after_effective",
      sql`${t.expiresAt} is null or ${t.expiresAt} > ${t.effectiveAt}`,
    ),
    foreignKey({
      name: "credit_grants_rolled_over_from_fkey",
      columns: [t.userId, t.rolledOverFrom],
      foreignColumns: [t.userId, t.id],
    }),
    uniqueIndex("credit_grants_rolled_over_once")
      .on(t.userId, t.rolledOverFrom)
      .where(sql`${t.rolledOverFrom} is not null`),
    index("credit_grants_period")
      .on(t.userId, t.periodReference)
      .where(sql`${t.periodReference} is not null`),
    index("credit_grants_payment")
      .on(t.userId, t.paymentReference)
      .where(sql`${t.paymentReference} is not null`),
    index("credit_grants_expiring")
      .on(t.expiresAt)
      .where(sql`${t.available} > 0 and ${t.expiresAt} is not null`),
    index("credit_grants_spendable")
      .on(t.userId, t.priority, t.expiresAt)
      .where(sql`${t.available} > 0`),
  ],
);

/** Append-only: one line of the user's history. A mistake is corrected by another event. */
export const creditEvents = pgTable(
  "credit_events",
  {
    userId: uuid()
      .notNull()
      .references(() => wallets.userId),
    /** 1, 2, 3, … per user, without a gap. */
    seq: bigint({ mode: "number" }).notNull(),
    kind: creditEventKind().notNull(),
    idempotencyKey: text().notNull(),
    jobId: uuid(),
    actorKind: actorKind().notNull(),
    actorId: text().notNull(),
    reason: text(),
    /** Signed change of what may be spent, so that a history page needs no second query. */
    availableChange: bigint({ mode: "number" }).notNull(),
    availableAfter: bigint({ mode: "number" }).notNull(),
    heldAfter: bigint({ mode: "number" }).notNull(),
    owedAfter: bigint({ mode: "number" }).notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [
    primaryKey({ name: "credit_events_pkey", columns: [t.userId, t.seq] }),
    unique("credit_events_idempotency_key").on(t.userId, t.idempotencyKey),
    // What is added, returned, expired or taken back is rare between holds and charges; the history filters for it.
    index("credit_events_notable")
      .on(t.userId, t.seq)
      .where(sql`${t.kind} not in ('hold', 'capture') or ${t.availableChange} > 0`),
    index("credit_events_job_id").on(t.userId, t.jobId).where(sql`${t.jobId} is not null`),
  ],
);

/** Append-only: `amount` credits of one grant moved between two accounts. Balanced by construction. */
export const creditEntries = pgTable(
  "credit_entries",
  {
    userId: uuid().notNull(),
    eventSeq: bigint({ mode: "number" }).notNull(),
    /** Order inside the event: for a hold, the order in which the grants were taken. */
    line: smallint().notNull(),
    grantId: uuid().notNull(),
    amount: bigint({ mode: "number" }).notNull(),
    fromAccount: creditAccount().notNull(),
    toAccount: creditAccount().notNull(),
  },
  (t) => [
    primaryKey({ name: "credit_entries_pkey", columns: [t.userId, t.eventSeq, t.line] }),
    foreignKey({
      name: "credit_entries_event_fkey",
      columns: [t.userId, t.eventSeq],
      foreignColumns: [creditEvents.userId, creditEvents.seq],
    }),
    foreignKey({
      name: "credit_entries_grant_fkey",
      columns: [t.userId, t.grantId],
      foreignColumns: [creditGrants.userId, creditGrants.id],
    }),
    check("credit_entries_amount_positive", sql`${t.amount} > 0`),
    check("credit_entries_accounts_differ", sql`${t.fromAccount} <> ${t.toAccount}`),
    index("credit_entries_grant_id").on(t.userId, t.grantId),
  ],
);
