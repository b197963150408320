import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  numeric,
  pgEnum,
  pgTable,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { wallets } from "./credits.ts";

const credits = () => bigint({ mode: "number" }).notNull().default(0);

/**
 * How far each user's books are proved, and what they came to there: the next proof goes on from here and reads
 * only what is new. A cache: a row that is missing or wrong costs one proof from the beginning.
 */
export const creditChecks = pgTable(
  "credit_checks",
  {
    userId: uuid()
      .primaryKey()
      .references(() => wallets.userId),
    checkedSeq: credits(),
    /** Negative: what has left the account of credits that nobody had yet. */
    issued: credits(),
    available: credits(),
    held: credits(),
    spent: credits(),
    expired: credits(),
    frozen: credits(),
    reversed: credits(),
    owed: credits(),
    /** Sum of amounts, each times a hash of its grant and account: tells whether the right grants have moved. */
    grantsPrint: numeric().notNull().default("0"),
  },
  (t) => [check("credit_checks_checked_seq_not_negative", sql`${t.checkedSeq} >= 0`)],
);

export const consistencyRunKinds = ["full", "incremental"] as const;
export const consistencyRunKind = pgEnum("consistency_run_kind", consistencyRunKinds);
export type ConsistencyRunKind = (typeof consistencyRunKinds)[number];

/** One row of the proof's answer: what should have been where, and what was found. */
export type CreditViolation = {
  invariant: string;
  /** Null for a sum over all users. */
  userId: string | null;
  subject: string;
  expected: string | null;
  actual: string | null;
};

/** When the books were proved, and with what result. */
export const consistencyRuns = pgTable(
  "consistency_runs",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    kind: consistencyRunKind().notNull(),
    startedAt: timestamp({ withTimezone: true }).notNull(),
    finishedAt: timestamp({ withTimezone: true }).notNull(),
    eventsChecked: bigint({ mode: "number" }).notNull(),
    violations: integer().notNull(),
    /** The first hundred violations; the count is of all. */
    details: jsonb().$type<CreditViolation[]>().notNull(),
  },
  (t) => [
    check(
      "consistency_runs_counts_not_negative",
      sql`${t.violations} >= 0 and ${t.eventsChecked} >= 0`,
    ),
    check("consistency_runs_details_limited", sql`jsonb_array_length(${t.details}) <= 100`),
    index("consistency_runs_kind_finished_at").on(t.kind, t.finishedAt),
  ],
);
