import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";

const EVERY_MS = 1_000;
/** No transaction of ours waits so long between two of its statements. */
const SUSPICIOUS_SECONDS = 10;
/** What the last answer left behind has this long to end. */
const SETTLE_MS = 3_000;

/**
 * Looks for sessions of the database that stay inside a transaction which nobody goes on with. `finish` is for when
 * nothing is asked any more: nobody may be in a transaction then.
 */
export function watchSessions(databaseUrl: string): { finish: () => Promise<string[]> } {
  const over = new AbortController();
  const found = new Set<string>();
  const look = async (seconds: number): Promise<string[]> => {
    const owner = postgres(databaseUrl, { max: 1, onnotice: () => undefined, fetch_types: false });
    try {
      const rows = await owner<{ line: string }[]>`
        select format('left in a transaction: %s after %s', pid, query) as line from pg_stat_activity
        where datname = current_database() and state like 'idle in transaction%'
          and clock_timestamp() - state_change > make_interval(secs => ${seconds})`;
      return rows.map(({ line }) => line);
    } catch {
      // PostgreSQL is being restarted.
      return [];
    } finally {
      await owner.end({ timeout: 1 });
    }
  };
  const watching = (async () => {
    while (!over.signal.aborted) {
      for (const line of await look(SUSPICIOUS_SECONDS)) found.add(line);
      await delay(EVERY_MS);
    }
  })();
  return {
    finish: async () => {
      over.abort();
      await watching;
      await delay(SETTLE_MS);
      return [...found, ...(await look(SETTLE_MS / 1_000 - 1))];
    },
  };
}
