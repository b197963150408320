import { randomUUID } from "node:crypto";
import path from "node:path";
import {
  createCodes,
  createModelDatabase,
  createPlayer,
} from "@tintype/db/testing/model/model-database";
import { type RunningPostgres, startPostgres } from "@tintype/local-cloud/postgres";
import type { Dice } from "./dice.ts";
import type { World } from "./requests.ts";

const START_ATTEMPTS = 5;

/** A PostgreSQL that is killed and comes back at the same address; durable, as it is in earnest. */
export class MortalPostgres {
  #dataDir: string;
  #running: RunningPostgres;

  private constructor(dataDir: string, running: RunningPostgres) {
    this.#dataDir = dataDir;
    this.#running = running;
  }

  static async start(dir: string): Promise<MortalPostgres> {
    const dataDir = path.join(dir, "postgres");
    return new MortalPostgres(dataDir, await startPostgres({ dataDir }));
  }

  get url(): string {
    return this.#running.url;
  }

  /** "immediate": told to drop everything; "kill": SIGKILL of its first process. Comes back after recovery. */
  async restart(how: "immediate" | "kill"): Promise<void> {
    const port = Number(new URL(this.#running.url).port);
    process.kill(this.#running.pid, how === "kill" ? "SIGKILL" : "SIGQUIT");
    await this.#running.exited;
    this.#running = await this.#startAgain(port);
  }

  /** Server processes that were orphaned a moment ago may still hold the shared memory. */
  async #startAgain(port: number): Promise<RunningPostgres> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await startPostgres({ dataDir: this.#dataDir, port });
      } catch (error) {
        if (attempt === START_ATTEMPTS) throw error;
      }
    }
  }

  stop = (): Promise<void> => this.#running.stop();
}

/** The product's database, users with wallets, prices and a few codes that all of them want. */
export async function createWorld(
  serverUrl: string,
  users: number,
  { pick }: Dice,
): Promise<{ world: World; databaseUrl: string }> {
  const { db, url, prices, close } = await createModelDatabase(serverUrl);
  const now = new Date();
  const players = Array.from({ length: users }, () => ({
    userId: randomUUID(),
    assetId: randomUUID(),
  }));
  for (const player of players) {
    const overageLimitCents = pick([null, null, 2_000]);
    await createPlayer(db, { ...player, overageLimitCents, now });
  }
  const codes = await createCodes(db, "soak", now);
  await close();
  // Each call carries its price: only what it needs.
  const rates = prices.map(
    ({
      id,
      modelTier,
      milliCreditsPerUnit,
      multiplierPercent,
      basePriceMicros,
      cancelFeePercent,
    }) => ({
      ...{ id, modelTier, milliCreditsPerUnit, multiplierPercent },
      ...{ basePriceMicros, cancelFeePercent },
    }),
  );
  return { world: { users: players, prices: rates, codes }, databaseUrl: url };
}
