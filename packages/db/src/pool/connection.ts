import postgres from "postgres";
import { fromDriver, notConnected, unavailable } from "./outages.ts";

/** What PostgreSQL says about the session after every answer (`ReadyForQuery`). */
export type TransactionStatus = "idle" | "transaction" | "failed";

const statusOf = new Map<number, TransactionStatus>([
  [73, "idle"], // I
  [84, "transaction"], // T
  [69, "failed"], // E
]);

export type Statement = {
  text: string;
  parameters: unknown[];
  options: { prepare?: boolean };
  /** Rows as arrays of values instead of objects. */
  asValues: boolean;
};

export type ConnectionSettings = {
  url: string;
  /** Seconds, milliseconds and names as postgres.js and PostgreSQL take them. */
  driver: Pick<postgres.Options<Record<string, never>>, "connect_timeout" | "connection">;
  /** Parsers and serializers by type, which drizzle replaces on the pool that it is given. */
  types: Pick<postgres.ParsedOptions, "parsers" | "serializers">;
  /** A statement without an answer after so many milliseconds has lost its connection. */
  answerWithinMs: number;
};

/** postgres.js knows no types for these: `onready` is our patch (patches/postgres@3.4.9.patch). */
type PatchedOptions = postgres.Options<Record<string, never>> & {
  onready: (status: number) => void;
};

/**
 * One connection for one owner at a time: it sends a statement only when nothing is in flight, and it is given up
 * for good as soon as its state is in doubt. Everything that postgres.js gets wrong lies in sharing, reserving and
 * reopening connections (porsager/postgres#823, #1189, #1193, #1195, #1199, #1210, #1218), so none of it is used:
 * the driver has one connection, is never asked for a transaction and never opens a second time.
 */
export class Connection {
  /** Of the last answer; null before the first. */
  status: TransactionStatus | null = null;
  /** Milliseconds a statement may take from now on; a long transaction may ask for more. */
  answerWithinMs: number;
  readonly #client: postgres.Sql;
  readonly #endListeners = new Set<(reason: Error) => void>();
  #ended: Error | null = null;
  #isInFlight = false;
  #isGreeted = false;
  #answers = 0;

  constructor({ url, driver, types, answerWithinMs }: ConnectionSettings) {
    this.answerWithinMs = answerWithinMs;
    const options: PatchedOptions = {
      ...driver,
      max: 1,
      // How long a connection lives is for the pool to say, which knows when nobody is using it.
      idle_timeout: 0,
      max_lifetime: null,
      // A statement of the driver's own whose failure nobody could catch. Arrays are read by drizzle.
      fetch_types: false,
      onnotice: () => undefined,
      onready: (status) => this.#onReady(status),
      onclose: () => this.end(unavailable("the connection to the database was lost")),
    };
    this.#client = postgres(url, options);
    Object.assign(this.#client.options.parsers, types.parsers);
    Object.assign(this.#client.options.serializers, types.serializers);
  }

  get isGone(): boolean {
    return this.#ended !== null;
  }

  get isInFlight(): boolean {
    return this.#isInFlight;
  }

  /**
   * Sends one statement and waits for its answer.
   * @throws OutageError when the connection is lost, or no answer came in time: whether the statement was carried
   * out is then unknown
   * @throws postgres.PostgresError what the server says of the statement
   */
  async send(statement: Statement): Promise<postgres.RowList<postgres.Row[]>> {
    if (this.#ended) throw this.#ended;
    if (this.#isInFlight) throw new Error("a statement is already in flight on this connection");
    this.#isInFlight = true;
    const answersBefore = this.#answers;
    const { text, parameters, options, asValues } = statement;
    const query = this.#client.unsafe(text, parameters as never[], options);
    const silence = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => silence.reject(unavailable(`the database did not answer in ${this.answerWithinMs} ms`)),
      this.answerWithinMs,
    );
    try {
      return (await Promise.race([asValues ? query.values() : query, silence.promise])) as never;
    } catch (error) {
      // Whatever is said instead of a greeting (a password that was changed, a database that is closed): it is away.
      throw this.#isGreeted ? fromDriver(error) : notConnected(error);
    } finally {
      clearTimeout(timer);
      this.#isInFlight = false;
      // Without the server's word that it is ready, the rest of an answer may still be on its way to somebody else.
      if (this.#answers === answersBefore) {
        this.end(unavailable("the connection was given up: a statement ended without an answer"));
      }
    }
  }

  /** @returns a function that takes the listener away again */
  onEnd(listener: (reason: Error) => void): () => void {
    this.#endListeners.add(listener);
    return () => this.#endListeners.delete(listener);
  }

  /** Gives the connection up. The server rolls back what is open on it. */
  end(reason: Error): void {
    if (this.#ended) return;
    this.#ended = reason;
    for (const listener of [...this.#endListeners]) listener(reason);
    // What was in flight is rejected by this; a socket that does not close any more is left to the system.
    this.#client.end({ timeout: 0 }).catch(() => undefined);
  }

  #onReady(status: number): void {
    this.status = statusOf.get(status) ?? null;
    // The first belongs to the handshake, not to a statement.
    if (this.#isGreeted) this.#answers += 1;
    this.#isGreeted = true;
  }
}
