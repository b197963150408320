import { Connection, type ConnectionSettings, type Statement } from "./connection.ts";
import { busy, unavailable } from "./outages.ts";
import { transactionScope } from "./scope.ts";
import { runTransaction, type TransactionClient } from "./transaction.ts";

export type PoolSettings = ConnectionSettings & {
  maxConnections: number;
  /** Callers that may wait for a connection at the same time; more are refused at once. */
  maxWaiting: number;
  /** Milliseconds a caller waits for a connection. */
  waitMs: number;
  /** Milliseconds a connection stays open unused. */
  idleMs: number;
  /** Milliseconds after which a connection is replaced: also the one that a load balancer would cut some day. */
  lifetimeMs: number;
  /** Whether the server answers anybody at all; asked when a caller has waited in vain. */
  probe: () => Promise<boolean>;
};

/** Since the start of the process, but for the first three, which are of now. */
export type PoolStatistics = {
  open: number;
  inUse: number;
  waiting: number;
  /** Most callers that have waited at the same time. */
  peakWaiting: number;
  /** Callers that got no connection in time. */
  refused: number;
  /** Connections given up because a statement or a transaction did not leave them idle: a bug of the driver or ours. */
  leftOpen: number;
  /** Connections given up because they broke or did not answer. */
  lost: number;
};

type Waiter = {
  take: (connection: Connection) => void;
  refuse: (reason: Error) => void;
  timer: NodeJS.Timeout;
};

const CLOSED = "the pool of connections is closed";

/**
 * Lends each connection to one statement or one transaction at a time; who finds none free waits in order.
 * Nothing is pipelined: a transaction begins on a connection with nothing in flight, and nothing of others reaches a
 * connection that is inside one. A loan that does not end with the server's word "idle" ends the connection.
 */
export class Pool {
  readonly #settings: PoolSettings;
  readonly #open = new Map<Connection, { since: number; idleTimer: NodeJS.Timeout | undefined }>();
  /** The last used is at the end and is used first, so that the others can grow old. */
  readonly #idle: Connection[] = [];
  readonly #waiting = new Set<Waiter>();
  /** Ended by the pool itself: their end is no loss. */
  readonly #dismissed = new WeakSet<Connection>();
  readonly #counts = { peakWaiting: 0, refused: 0, leftOpen: 0, lost: 0 };
  #isClosed = false;
  #whenEmpty: (() => void) | undefined;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  run(statement: Statement) {
    return this.#lend((connection) => connection.send(statement));
  }

  begin<T>(prelude: string, work: (client: TransactionClient) => Promise<T>): Promise<T> {
    return this.#lend((connection) => {
      const scope = { pool: this, isOpen: true };
      const inside = (client: TransactionClient) => transactionScope.run(scope, () => work(client));
      return runTransaction(connection, prelude, inside).finally(() => {
        scope.isOpen = false;
      });
    });
  }

  statistics(): PoolStatistics {
    const open = this.#open.size;
    const inUse = open - this.#idle.length;
    return { open, inUse, waiting: this.#waiting.size, ...this.#counts };
  }

  /** Lets what runs finish, for at most so many milliseconds, and refuses everything else. */
  async close(drainMs: number): Promise<void> {
    this.#isClosed = true;
    for (const connection of [...this.#idle]) this.#dismiss(connection, CLOSED);
    if (this.#open.size === 0) return;
    const empty = Promise.withResolvers<void>();
    this.#whenEmpty = empty.resolve;
    const timer = setTimeout(() => {
      for (const waiter of this.#waiting) waiter.refuse(unavailable(CLOSED));
      this.#waiting.clear();
      for (const connection of [...this.#open.keys()]) this.#dismiss(connection, CLOSED);
    }, drainMs);
    await empty.promise;
    clearTimeout(timer);
  }

  async #lend<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
    const scope = transactionScope.getStore();
    if (scope?.isOpen && scope.pool === this) {
      // It would wait for a second connection while it keeps the first: enough of those wait for each other.
      throw new Error("inside a transaction only the transaction itself may be asked");
    }
    const connection = await this.#acquire();
    try {
      const result = await use(connection);
      this.#inspect(connection);
      return result;
    } finally {
      this.#release(connection);
    }
  }

  /**
   * The guard that trusts nobody: whatever was lent out must be idle by the server's own word.
   * @throws Error when it was not: what was asked for may be rolled back
   */
  #inspect(connection: Connection): void {
    if (connection.isGone || connection.status === "idle") return;
    const found = connection.status ?? "not reporting its state";
    const error = new Error(`a database connection was left ${found} and has been closed`);
    this.#giveUp(connection, error);
    throw error;
  }

  #release(connection: Connection): void {
    if (connection.isGone) return;
    if (connection.status !== "idle" || connection.isInFlight) {
      this.#giveUp(connection, new Error("a database connection was not idle after its use"));
      return;
    }
    connection.answerWithinMs = this.#settings.answerWithinMs;
    const age = performance.now() - (this.#open.get(connection)?.since ?? 0);
    const [next] = this.#waiting;
    if (age > this.#settings.lifetimeMs) this.#dismiss(connection, "too old");
    else if (next) this.#serve(next, connection);
    else if (this.#isClosed) this.#dismiss(connection, CLOSED);
    else this.#rest(connection);
  }

  #giveUp(connection: Connection, reason: Error): void {
    this.#counts.leftOpen += 1;
    this.#dismissed.add(connection);
    connection.end(reason);
  }

  #dismiss(connection: Connection, why: string): void {
    this.#dismissed.add(connection);
    connection.end(unavailable(why));
  }

  #rest(connection: Connection): void {
    this.#idle.push(connection);
    const entry = this.#open.get(connection);
    if (!entry) return;
    entry.idleTimer = setTimeout(() => this.#dismiss(connection, "unused"), this.#settings.idleMs);
    // A process with nothing else to do may end.
    entry.idleTimer.unref();
  }

  #acquire(): Promise<Connection> {
    if (this.#isClosed) return Promise.reject(unavailable(CLOSED));
    const idle = this.#idle.pop();
    if (idle) {
      clearTimeout(this.#open.get(idle)?.idleTimer);
      return Promise.resolve(idle);
    }
    const { maxConnections, maxWaiting } = this.#settings;
    if (this.#open.size < maxConnections) return Promise.resolve(this.#openOne());
    if (this.#waiting.size >= maxWaiting) {
      this.#counts.refused += 1;
      const message = `${maxWaiting} callers are waiting for a database connection already`;
      return Promise.reject(busy(message));
    }
    return this.#wait();
  }

  #wait(): Promise<Connection> {
    const { waitMs, probe } = this.#settings;
    const { promise, resolve, reject } = Promise.withResolvers<Connection>();
    const giveUp = async () => {
      this.#waiting.delete(waiter);
      this.#counts.refused += 1;
      const message = `no database connection came free in ${waitMs} ms`;
      reject((await probe()) ? busy(message) : unavailable(message));
    };
    const waiter = { take: resolve, refuse: reject, timer: setTimeout(giveUp, waitMs) };
    this.#waiting.add(waiter);
    this.#counts.peakWaiting = Math.max(this.#counts.peakWaiting, this.#waiting.size);
    return promise;
  }

  #serve(waiter: Waiter, connection: Connection): void {
    this.#waiting.delete(waiter);
    clearTimeout(waiter.timer);
    waiter.take(connection);
  }

  #openOne(): Connection {
    const connection = new Connection(this.#settings);
    this.#open.set(connection, { since: performance.now(), idleTimer: undefined });
    connection.onEnd(() => this.#onEnd(connection));
    return connection;
  }

  #onEnd(connection: Connection): void {
    clearTimeout(this.#open.get(connection)?.idleTimer);
    this.#open.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    if (!this.#dismissed.has(connection)) this.#counts.lost += 1;
    // Its place is free: the next in line gets a new one.
    const [next] = this.#waiting;
    if (next) this.#serve(next, this.#openOne());
    else if (this.#isClosed && this.#open.size === 0) this.#whenEmpty?.();
  }
}
