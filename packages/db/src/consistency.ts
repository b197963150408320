import { type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "./client.ts";
import type { CreditViolation } from "./schema/index.ts";

type ViolationRow = {
  invariant: string;
  user_id: string | null;
  subject: string;
  expected: string | null;
  actual: string | null;
};

/** The whole books against the rules of `sql/410_prove_credits.sql`; an empty answer: they balance. */
export const validateCreditsConsistency = (db: Db | Tx): Promise<CreditViolation[]> =>
  listViolations(db, sql`validate_credits_consistency()`);

/** One user's whole history against the same rules. */
export const validateUserCredits = (db: Db | Tx, userId: string): Promise<CreditViolation[]> =>
  listViolations(db, sql`validate_user_credits(${userId}::uuid)`);

async function listViolations(db: Db | Tx, call: SQL): Promise<CreditViolation[]> {
  const rows = await db.execute<ViolationRow>(sql`select * from ${call}`);
  return rows.map(({ user_id, invariant, subject, expected, actual }) => ({
    invariant,
    userId: user_id,
    subject,
    expected,
    actual,
  }));
}

export type NewCreditsCheck = {
  users: number;
  eventsChecked: number;
  /** The last user looked at, to go on from; null when there was none. */
  last: string | null;
  violations: CreditViolation[];
};

/** Proves what is new, for up to `limit` users whose id is above `after` (null: from the first). */
export async function checkNewCredits(
  db: Db | Tx,
  limit: number,
  after: string | null = null,
): Promise<NewCreditsCheck> {
  const call =
    after === null
      ? sql`check_new_credits(${limit}::integer)`
      : sql`check_new_credits(${limit}::integer, ${after}::uuid)`;
  const [row] = await db.execute<{ result: NewCreditsCheck }>(sql`select ${call} as result`);
  if (!row) throw new Error("check_new_credits answered without a row");
  return row.result;
}

export type SyncedValue = { subject: string; before: number; after: number };

/** Rebuilds a user's wallet and grants from the entries. @returns what was wrong and has been put right */
export async function syncUserCredits(db: Db | Tx, userId: string): Promise<SyncedValue[]> {
  const rows = await db.execute<{ subject: string; value_before: string; value_after: string }>(
    sql`select * from sync_user_credits(${userId}::uuid)`,
  );
  return rows.map(({ subject, value_before, value_after }) => ({
    subject,
    before: Number(value_before),
    after: Number(value_after),
  }));
}
