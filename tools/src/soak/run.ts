import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { audit, type Verdict } from "./audit.ts";
import type { Orders, Progress } from "./client.ts";
import { type Client, startClient } from "./clients.ts";
import { createWorld, MortalPostgres } from "./database.ts";
import { type Dice, dice } from "./dice.ts";
import type { SoakOptions } from "./options.ts";
import type { World } from "./requests.ts";

export type SoakResult = Verdict & {
  kills: number;
  restarts: number;
  retries: number;
  seconds: number;
};
type Log = (line: string) => void;

/**
 * Asks for random operations from several processes at once, kills them and PostgreSQL in the middle of it, and
 * then holds what was acknowledged against the ledger. Nothing remains, however it ends.
 * @throws the reason of `signal` when that ends it early
 */
export async function runSoak(
  options: SoakOptions,
  log: Log,
  signal: AbortSignal,
): Promise<SoakResult> {
  // Open to others: PostgreSQL may have to run as another user.
  const dir = mkdtempSync(path.join(tmpdir(), "tintype-soak-"));
  const postgres = await MortalPostgres.start(dir);
  try {
    const die = dice(options.seed);
    const { world, databaseUrl } = await createWorld(postgres.url, options.users, die);
    signal.throwIfAborted();
    const storm = new Storm(options, { dir, postgres, world, databaseUrl, die, log });
    const startedAt = performance.now();
    signal.addEventListener("abort", () => storm.end());
    await storm.rage();
    signal.throwIfAborted();
    const seconds = (performance.now() - startedAt) / 1_000;
    log(`${storm.acknowledged} acknowledged in ${seconds.toFixed(0)} s; now the audit`);
    const verdict = await audit(databaseUrl, storm.journals, world.users);
    const { kills, restarts, retries } = storm;
    return { ...verdict, kills, restarts, retries, seconds };
  } finally {
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

type Place = {
  dir: string;
  postgres: MortalPostgres;
  world: World;
  databaseUrl: string;
  die: Dice;
  log: Log;
};

class Storm {
  readonly journals: string[];
  kills = 0;
  restarts = 0;
  #options: SoakOptions;
  #place: Place;
  #clients: Client<Progress>[] = [];
  #retriesBefore = 0;
  #generation = 0;
  /** What is to be struck, in this order, each after so many acknowledged calls. */
  #strikes: { after: number; what: "client" | "immediate" | "kill" }[];
  #striking: Promise<void> | null = null;
  #isOver = false;

  constructor(options: SoakOptions, place: Place) {
    this.#options = options;
    this.#place = place;
    this.journals = Array.from({ length: options.clients }, (_, index) =>
      path.join(place.dir, `client-${index}.jsonl`),
    );
    this.#strikes = strikesOf(options);
  }

  get acknowledged(): number {
    return this.#clients.reduce((sum, { progress }) => sum + progress.acknowledged, 0);
  }

  get retries(): number {
    return this.#clients.reduce((sum, { progress }) => sum + progress.retries, this.#retriesBefore);
  }

  async rage(): Promise<void> {
    const lives = this.journals.map((journalFile, index) => this.#live(journalFile, index));
    await Promise.all(lives);
    await this.#striking;
  }

  end(): void {
    this.#isOver = true;
    for (const client of this.#clients) client.kill();
  }

  /** One client after the other on the same journal, until one has done its share. */
  async #live(journalFile: string, index: number): Promise<void> {
    const { clients, operations, lanes, seed } = this.#options;
    const { databaseUrl, world } = this.#place;
    for (;;) {
      this.#generation += 1;
      const share = Math.ceil(operations / clients);
      const orders: Orders = {
        ...{ databaseUrl, journalFile, world, lanes, operations: share },
        seed: seed * 1_000 + this.#generation,
      };
      const kills = this.kills;
      const client = startClient("client.ts", orders, {
        progress: { acknowledged: 0, retries: 0 },
        onProgress: this.#look,
      });
      this.#retriesBefore += this.#clients[index]?.progress.retries ?? 0;
      this.#clients[index] = client;
      const isDone = await client.ended;
      if (isDone || this.#isOver) return;
      if (this.kills === kills) throw new Error(`a client ended by itself; see ${journalFile}`);
    }
  }

  #look = (): void => {
    const next = this.#strikes[0];
    if (this.#isOver || this.#striking || !next || this.acknowledged < next.after) return;
    this.#strikes.shift();
    this.#striking = this.#strike(next.what).finally(() => {
      this.#striking = null;
    });
  };

  async #strike(what: "client" | "immediate" | "kill"): Promise<void> {
    const { die, log, postgres } = this.#place;
    log(
      `${this.acknowledged}: ${what === "client" ? "SIGKILL to a client" : `PostgreSQL: ${what}`}`,
    );
    if (what === "client") {
      this.kills += 1;
      die.pick(this.#clients).kill();
      return;
    }
    this.restarts += 1;
    await postgres.restart(what);
  }
}

/** Evenly over the run, clients and PostgreSQL mixed. */
export function strikesOf({
  operations,
  kills,
  restarts,
}: Pick<SoakOptions, "operations" | "kills" | "restarts">) {
  const at = (index: number, count: number) => Math.floor(((index + 0.5) * operations) / count);
  const clients = Array.from({ length: kills }, (_, index) => ({
    after: at(index, kills),
    what: "client" as const,
  }));
  const servers = Array.from({ length: restarts }, (_, index) => ({
    after: at(index, restarts),
    what: index % 2 === 0 ? ("kill" as const) : ("immediate" as const),
  }));
  return [...clients, ...servers].toSorted((a, b) => a.after - b.after);
}
