import { setTimeout as delay } from "node:timers/promises";
import { connect, type DatabaseConnection, type Db } from "@tintype/db/client";

const PAUSE_MS = 50;
/** Longer than any call takes: a wire that says nothing for so long counts as cut. */
const PATIENCE_MS = 10_000;
/** The server is going, gone or not yet back; or the wire is. */
const GONE = /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|57P0|08)/;

/** A pool that is replaced when its server has gone, so that nothing waits for what was in flight then. */
export class Wire {
  retries = 0;
  #url: string;
  #maxConnections: number;
  #connection: DatabaseConnection;

  constructor(url: string, maxConnections: number) {
    this.#url = url;
    this.#maxConnections = maxConnections;
    this.#connection = connect(url, { maxConnections });
  }

  /** Asks until there is an answer; whatever is asked must bear to be asked twice. */
  async ask<T>(call: (db: Db) => Promise<T>): Promise<T> {
    for (;;) {
      const used = this.#connection;
      try {
        return await withPatience(call(used.db));
      } catch (error) {
        if (!isGone(error)) throw error;
        this.retries += 1;
        await delay(PAUSE_MS);
        if (used === this.#connection) this.#replace();
      }
    }
  }

  #replace(): void {
    const old = this.#connection;
    this.#connection = connect(this.#url, { maxConnections: this.#maxConnections });
    void old.close();
  }

  close = (): Promise<void> => this.#connection.close();
}

async function withPatience<T>(answer: Promise<T>): Promise<T> {
  const lost = new AbortController();
  const patience = delay(PATIENCE_MS, undefined, { signal: lost.signal }).then(
    () => {
      throw Object.assign(new Error("no answer came"), { code: "CONNECTION_SILENT" });
    },
    () => answer,
  );
  try {
    return await Promise.race([answer, patience]);
  } finally {
    lost.abort();
  }
}

function isGone(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: unknown };
  return GONE.test(code ?? "") || (cause !== undefined && cause !== null && isGone(cause));
}
