import { PostgresJsSession } from "drizzle-orm/postgres-js";
import type { TransactionSql } from "postgres";
import type { Db, Tx } from "./client.ts";

const ENTER_SCOPE =
  "select set_config('role', 'tintype_user', true), set_config('app.user_id', $1, true)";

/**
 * Runs the work in a transaction that sees and changes what row-level security gives this user, whatever its
 * `where` says. Both settings end with the transaction, so the connection goes back to the pool as it came.
 * @throws postgres.PostgresError with code 42501 for what the user has no right to
 */
export async function asUser<T>(db: Db, userId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    // Not awaited: it leaves in front of the first query of the work, in the same round trip. Should it fail, the
    // transaction is broken and PostgreSQL refuses what comes behind it.
    const entered = clientOf(tx).unsafe(ENTER_SCOPE, [userId], { prepare: true }).execute();
    const [result] = await Promise.all([work(tx), entered]);
    return result;
  });
}

/** Below drizzle, whose queries take some turns of the event loop until they are sent. */
function clientOf(tx: Tx): TransactionSql {
  const { session } = tx._;
  if (!(session instanceof PostgresJsSession)) throw new Error("not a postgres.js transaction");
  return session.client;
}
