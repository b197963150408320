import { setTimeout as delay } from "node:timers/promises";
import { outageOf } from "@tintype/core/problems";
import { connect, type DatabaseConnection, type Db } from "@tintype/db/client";

const PAUSE_MS = 50;

/** Our own pool, asked until there is an answer: what PostgreSQL's restarts take is asked for again. */
export class Wire {
  retries = 0;
  readonly #connection: DatabaseConnection;

  constructor(url: string, maxConnections: number) {
    this.#connection = connect(url, { maxConnections });
  }

  /** Whatever is asked must bear to be asked twice. */
  async ask<T>(call: (db: Db) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await call(this.#connection.db);
      } catch (error) {
        if (outageOf(error) === null) throw error;
        this.retries += 1;
        await delay(PAUSE_MS);
      }
    }
  }

  close = (): Promise<void> => this.#connection.close();
}
