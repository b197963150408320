import { connect, type Db } from "@tintype/db/client";
import { checkNewCredits, validateCreditsConsistency } from "@tintype/db/consistency";
import { sql } from "drizzle-orm";
import type { BenchDatabase } from "./database.ts";
import { median } from "./statistics.ts";
import { submitCall } from "./submit-call.ts";

const REPEATS = 7;
/** Events between two incremental proofs. */
const NEW_EVENTS = 1_000;
const USERS_A_ROUND = 500;
const PROOF_TIMEOUT_MS = 600_000;

export type ProofTimes = { fullMs: number; incrementalMs: number };

/** The proof of all books, and of a thousand new events on top of them. @throws Error when the books do not balance */
export async function measureProofs(database: BenchDatabase): Promise<ProofTimes> {
  const { db, close } = connect(database.url, {
    maxConnections: 1,
    statementTimeoutMs: PROOF_TIMEOUT_MS,
  });
  try {
    const full = await times(REPEATS, () => validateAll(db));
    await checkAllNew(db);
    const incremental = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      await addEvents(db, database);
      incremental.push(...(await times(1, () => checkAllNew(db))));
    }
    return { fullMs: median(full), incrementalMs: median(incremental) };
  } finally {
    await close();
  }
}

export async function validateAll(db: Db): Promise<void> {
  const [violation] = await validateCreditsConsistency(db);
  if (violation) throw new Error(`the books do not balance: ${JSON.stringify(violation)}`);
}

/** As the schedule does it. */
async function checkAllNew(db: Db): Promise<void> {
  let after: string | null = null;
  do {
    const round = await checkNewCredits(db, USERS_A_ROUND, after);
    if (round.violations.length > 0) throw new Error("the incremental proof found a violation");
    after = round.users < USERS_A_ROUND ? null : round.last;
  } while (after !== null);
}

/** One hold each of so many users. */
async function addEvents(db: Db, { users, priceId }: BenchDatabase): Promise<void> {
  const events = Math.min(NEW_EVENTS, users);
  const some = `select 1 + (i * 7919) % ${users} as n from generate_series(1, ${events}) i`;
  await db.execute(
    sql.raw(`select ${submitCall("n::integer", priceId, 3_600)} from (${some}) users`),
  );
}

async function times(repeats: number, work: () => Promise<void>): Promise<number[]> {
  const durations = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const started = performance.now();
    await work();
    durations.push(performance.now() - started);
  }
  return durations;
}
