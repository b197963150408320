import type { ConnectionSettings } from "./connection.ts";
import { PendingStatement } from "./pending-statement.ts";
import type { Pool } from "./pool.ts";
import type { StatementOptions, TransactionClient } from "./transaction.ts";

/** What drizzle asks of a postgres.js client, and `withPrelude` for us. */
export type PoolClient = {
  options: ConnectionSettings["types"];
  unsafe: TransactionClient["unsafe"];
  begin: <T>(work: (client: TransactionClient) => Promise<T>) => Promise<T>;
  /**
   * Statements that travel with the `begin` of the one transaction that `start` starts, in the same message.
   * @param prelude trusted SQL, each statement ended by a semicolon
   */
  withPrelude: <T>(prelude: string, start: () => T) => T;
};

export function createClient(pool: Pool, types: ConnectionSettings["types"]): PoolClient {
  let nextPrelude = "";
  return {
    options: types,
    unsafe: (text, parameters: unknown[] = [], options: StatementOptions = {}) =>
      new PendingStatement((asValues) => pool.run({ text, parameters, options, asValues })),
    begin(work) {
      const prelude = nextPrelude;
      nextPrelude = "";
      return pool.begin(prelude, work);
    },
    withPrelude(prelude, start) {
      // drizzle has no word for this, but it calls `begin` before its `transaction` returns.
      nextPrelude = prelude;
      try {
        return start();
      } finally {
        nextPrelude = "";
      }
    },
  };
}
