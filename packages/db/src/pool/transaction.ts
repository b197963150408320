import type { Connection, Statement } from "./connection.ts";
import { PendingStatement } from "./pending-statement.ts";

export type StatementOptions = { prepare?: boolean };

/** What drizzle asks of a postgres.js transaction. */
export type TransactionClient = {
  unsafe: (text: string, parameters?: unknown[], options?: StatementOptions) => PendingStatement;
  savepoint: <T>(work: (client: TransactionClient) => Promise<T>) => Promise<T>;
  /** Milliseconds that a statement of this transaction may take: raise `statement_timeout` with it. */
  allowStatementsMs: (milliseconds: number) => void;
};

const plain = (text: string): Statement => ({ text, parameters: [], options: {}, asValues: false });

/**
 * Runs the work between `begin` and `commit` on a connection that nobody else uses. Its statements are sent one
 * after another, in the order in which they were asked for.
 * @param prelude statements that travel with `begin`, in one message: `set local …;`
 * @throws what the work throws, after the rollback
 * @throws the first failed statement's error, when the work hid it: PostgreSQL would answer `commit` with a rollback
 */
export async function runTransaction<T>(
  connection: Connection,
  prelude: string,
  work: (client: TransactionClient) => Promise<T>,
): Promise<T> {
  await begin(connection, prelude);
  const queue = new StatementQueue(connection);
  try {
    const result = await orGone(connection, work(createClient(connection, queue)));
    await queue.close();
    // Only a transaction that is whole may be committed.
    if (connection.status !== "transaction") throw queue.firstFailure ?? lostTransaction();
    await connection.send(plain("commit"));
    return result;
  } catch (error) {
    await queue.close();
    await rollBack(connection);
    throw error;
  }
}

async function begin(connection: Connection, prelude: string): Promise<void> {
  try {
    await connection.send(plain(`begin; ${prelude}`));
    if (connection.status !== "transaction") throw lostTransaction();
  } catch (error) {
    await rollBack(connection);
    throw error;
  }
}

/** What cannot be rolled back is given up: the server does it when the connection is gone. */
async function rollBack(connection: Connection): Promise<void> {
  if (connection.isGone || connection.status === "idle") return;
  await connection.send(plain("rollback")).catch((error: Error) => connection.end(error));
}

const lostTransaction = () => new Error("the transaction had ended before its work had");

/** Work that waits for something else must not keep its caller waiting once the transaction is lost. */
async function orGone<T>(connection: Connection, work: Promise<T>): Promise<T> {
  const gone = Promise.withResolvers<never>();
  const forget = connection.onEnd(gone.reject);
  try {
    return await Promise.race([work, gone.promise]);
  } finally {
    forget();
  }
}

/** One statement in flight at most, whatever the work starts at the same time. */
class StatementQueue {
  firstFailure: unknown;
  readonly #connection: Connection;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  send(statement: Statement) {
    if (this.#isClosed) {
      return Promise.reject(new Error("the transaction is over: this statement came too late"));
    }
    const answer = this.#last.then(() => this.#connection.send(statement));
    this.#last = answer.catch((error: unknown) => {
      this.firstFailure ??= error;
    });
    return answer;
  }

  /** Takes nothing more, and waits for what was asked for and not awaited. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
  }
}

function createClient(connection: Connection, queue: StatementQueue): TransactionClient {
  let savepoints = 0;
  const client: TransactionClient = {
    unsafe: (text, parameters = [], options = {}) =>
      new PendingStatement((asValues) => queue.send({ text, parameters, options, asValues })),
    async savepoint(work) {
      const name = `tintype_${savepoints++}`;
      await queue.send(plain(`savepoint ${name}`));
      try {
        return await work(client);
      } catch (error) {
        await queue.send(plain(`rollback to savepoint ${name}`));
        throw error;
      }
    },
    allowStatementsMs: (milliseconds) => {
      connection.answerWithinMs = milliseconds;
    },
  };
  return client;
}
