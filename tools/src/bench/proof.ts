import { connect, type Db } from "@tintype/db/client";
import { checkNewCredits, validateCreditsConsistency } from "@tintype/db/consistency";
import { sql } from "drizzle-orm";
import type { BenchDatabase } from "./database.ts";
import { median } from "./statistics.ts";

const REPEATS = 7;
/** Events between two incremental proofs. */
const NEW_EVENTS = 1_000;
const USERS_A_ROUND = 500;
const PROOF_TIMEOUT_MS = 600_000;

export type ProofTimes = { fullMs: number; incrementalMs: number };

/** The proof of all books, and of a thousand new events on top of them. @throws Error when the books do not balance */
export async function measureProofs(database: BenchDatabase): Promise<ProofTimes> {
  const { db, close } = connect(database.url, { maxConnections: 1 });
  try {
    await db.execute(sql.raw(`set statement_timeout = ${PROOF_TIMEOUT_MS}`));
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
  await db.execute(sql`
    select submit_job(
      p_user_id => bench.user_id(n), p_job_id => uuidv7(), p_kind => 'image', p_settings => '{}', p_request_hash => 'bench',
      p_input_asset_id => bench.asset_id(n), p_provider => 'local', p_price_id => ${priceId}::uuid, p_quoted_credits => 5,
      p_seconds => 0, p_images => 1, p_model_tier => 'standard', p_quality_tier => 'standard', p_max_attempts => 3::smallint,
      p_deadline_at => now() + interval '15 minutes', p_job_limit => 1000000, p_window_seconds => 3600, p_now => now())
    from (select 1 + (i * 7919) % ${users}::integer as n from generate_series(1, ${Math.min(NEW_EVENTS, users)}::integer) i) u`);
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
