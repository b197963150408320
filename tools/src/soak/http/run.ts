import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Client, startClient } from "../clients.ts";
import { MortalPostgres } from "../database.ts";
import type { HttpSoakOptions } from "../options.ts";
import { strikesOf } from "../run.ts";
import { audit } from "./audit.ts";
import type { Counts } from "./caller.ts";
import type { Orders, Report } from "./client.ts";
import { MortalServer } from "./server.ts";
import { watchSessions } from "./sessions.ts";
import { createWorld, type World } from "./world.ts";

export type HttpSoakResult = {
  answers: number;
  /** Changes that the answers said are done. */
  acknowledged: number;
  /** Messages of event streams. */
  events: number;
  retries: number;
  kills: number;
  restarts: number;
  seconds: number;
  /** Callers per connection of the server's pool, at most: they had sent their statement and waited for its turn. */
  peakPerConnection: number;
  lost: number;
  foreign: number;
  overspent: number;
  /** What is wrong, in words; empty when all is well. */
  problems: string[];
};
type Log = (line: string) => void;

/**
 * Bursts of requests of many users to the server itself, which is killed in the middle of it, as is PostgreSQL; then
 * what the users were told is held against the database. Nothing remains, however it ends.
 * @throws the reason of `signal` when that ends it early
 */
export async function runHttpSoak(
  options: HttpSoakOptions,
  log: Log,
  signal: AbortSignal,
): Promise<HttpSoakResult> {
  // Open to others: PostgreSQL may have to run as another user.
  const dir = mkdtempSync(path.join(tmpdir(), "tintype-soak-"));
  const postgres = await MortalPostgres.start(dir);
  try {
    const world = await createWorld(postgres.url, options.clients * options.lanes * USERS_A_LANE);
    signal.throwIfAborted();
    const server = await MortalServer.start(world.databaseUrl, options.connections);
    try {
      const storm = new HttpStorm(options, { dir, postgres, world, server, log });
      signal.addEventListener("abort", () => storm.end());
      return await judge(storm, { world, server, log, signal, options });
    } finally {
      await server.stop();
    }
  } finally {
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

const USERS_A_LANE = 4;
const TELL_MS = 10_000;

type Judged = {
  world: World;
  server: MortalServer;
  log: Log;
  signal: AbortSignal;
  options: HttpSoakOptions;
};

async function judge(storm: HttpStorm, judged: Judged): Promise<HttpSoakResult> {
  const { world, server, log, signal, options } = judged;
  const startedAt = performance.now();
  const sessions = watchSessions(world.databaseUrl);
  await storm.rage();
  signal.throwIfAborted();
  const seconds = (performance.now() - startedAt) / 1_000;
  const { answers, retries, kills, restarts, reports } = storm;
  log(`${answers} answers in ${seconds.toFixed(0)} s; now the audit`);
  await server.look();
  const leftOpen = await sessions.finish();
  const verdict = await audit(
    world.databaseUrl,
    reports.flatMap(({ accounts }) => accounts),
  );
  const complaints = reports.flatMap((report) => report.complaints);
  const deaths = server.deaths === 0 ? [] : [`the server ended by itself ${server.deaths} times`];
  const given = server.leftOpen === 0 ? [] : [`${server.leftOpen} connections were left open`];
  const peakPerConnection = Math.floor(server.peakWaiting / options.connections);
  return {
    ...{ answers, retries, kills, restarts, seconds, peakPerConnection },
    events: reports.reduce((sum, report) => sum + report.events, 0),
    acknowledged: verdict.acknowledged,
    lost: verdict.lost.length,
    foreign: complaints.filter((each) => each.includes("foreign")).length,
    overspent: verdict.overspent.length,
    problems: [...complaints, ...leftOpen, ...deaths, ...given, ...verdict.problems],
  };
}

type Place = {
  dir: string;
  postgres: MortalPostgres;
  world: World;
  server: MortalServer;
  log: Log;
};

class HttpStorm {
  kills = 0;
  restarts = 0;
  reports: Report[] = [];
  readonly #options: HttpSoakOptions;
  readonly #place: Place;
  #clients: Client<Counts>[] = [];
  #strikes: ReturnType<typeof strikesOf>;
  #striking: Promise<void> | null = null;
  #isOver = false;

  constructor(options: HttpSoakOptions, place: Place) {
    this.#options = options;
    this.#place = place;
    this.#strikes = strikesOf({ ...options, operations: options.answers });
  }

  get answers(): number {
    return this.#clients.reduce((sum, { progress }) => sum + progress.answers, 0);
  }

  get retries(): number {
    return this.#clients.reduce((sum, { progress }) => sum + progress.retries, 0);
  }

  async rage(): Promise<void> {
    const telling = setInterval(() => this.#place.log(`${this.answers} answers`), TELL_MS);
    try {
      await this.#runClients();
    } finally {
      clearInterval(telling);
    }
  }

  async #runClients(): Promise<void> {
    const numbers = Array.from({ length: this.#options.clients }, (_, index) => index);
    const ends = await Promise.all(
      numbers.map((index) => {
        const { client, reportFile } = this.#start(index);
        this.#clients.push(client);
        return client.ended.then((isDone) => (isDone ? reportFile : null));
      }),
    );
    await this.#striking;
    if (this.#isOver) return;
    this.reports = ends.map((file) => {
      if (file === null) throw new Error("a client ended by itself");
      return JSON.parse(readFileSync(file, "utf8")) as Report;
    });
  }

  end(): void {
    this.#isOver = true;
    for (const client of this.#clients) client.kill();
  }

  #start(index: number) {
    const { dir, server, world } = this.#place;
    const { clients, lanes, seed, answers } = this.#options;
    const reportFile = path.join(dir, `http-client-${index}.json`);
    const first = (lane: number) => (index * lanes + lane) * USERS_A_LANE + 1;
    const orders: Orders = {
      url: server.url,
      lanes: Array.from({ length: lanes }, (_, lane) =>
        Array.from({ length: USERS_A_LANE }, (_, n) => first(lane) + n),
      ),
      ...{ admin: world.admin, priceId: world.priceId, codes: world.codes },
      ...{ seed: seed * 1_000 + index, answers: Math.ceil(answers / clients), reportFile },
    };
    const progress: Counts = { answers: 0, retries: 0, inFlight: 0, peakInFlight: 0 };
    const client = startClient("http/client.ts", orders, { progress, onProgress: this.#look });
    return { client, reportFile };
  }

  #look = (): void => {
    const next = this.#strikes[0];
    if (this.#isOver || this.#striking || !next || this.answers < next.after) return;
    this.#strikes.shift();
    this.#striking = this.#strike(next.what).finally(() => {
      this.#striking = null;
    });
  };

  async #strike(what: "client" | "immediate" | "kill"): Promise<void> {
    const { log, postgres, server } = this.#place;
    log(`${this.answers}: ${what === "client" ? "SIGKILL to the server" : `PostgreSQL: ${what}`}`);
    if (what === "client") {
      this.kills += 1;
      await server.kill();
      return;
    }
    this.restarts += 1;
    await postgres.restart(what);
  }
}
