import type { Db, Tx } from "./client.ts";
import type { PoolClient } from "./pool/client.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Runs the work in a transaction that sees and changes what row-level security gives this user, whatever its
 * `where` says. Both settings end with the transaction, so the connection goes back to the pool as it came.
 * @throws postgres.PostgresError with code 42501 for what the user has no right to
 * @throws TypeError when the id is none
 */
export async function asUser<T>(db: Db, userId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  // In one message with `begin`, which takes no parameters: so it must be an id and nothing else.
  if (!UUID.test(userId)) throw new TypeError("a scope is entered with the id of a user");
  const scope = `set local role tintype_user; set local app.user_id = '${userId}';`;
  return clientOf(db).withPrelude(scope, () => db.transaction(work));
}

const clientOf = (db: Db): PoolClient => (db as unknown as { $client: PoolClient }).$client;
