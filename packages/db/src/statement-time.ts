import { sql } from "drizzle-orm";
import { PostgresJsSession } from "drizzle-orm/postgres-js";
import type { Tx } from "./client.ts";
import type { TransactionClient } from "./pool/transaction.ts";

/** What the server needs to say that a statement has timed out. */
const GRACE_MS = 5_000;

/** Lets each further statement of this transaction run for so many milliseconds, here and at the server. */
export async function allowStatementsMs(tx: Tx, milliseconds: number): Promise<void> {
  clientOf(tx).allowStatementsMs(milliseconds + GRACE_MS);
  await tx.execute(sql`select set_config('statement_timeout', ${String(milliseconds)}, true)`);
}

function clientOf(tx: Tx): TransactionClient {
  const { session } = tx._;
  if (!(session instanceof PostgresJsSession)) throw new Error("not a transaction of our pool");
  return session.client as unknown as TransactionClient;
}
