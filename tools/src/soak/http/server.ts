import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "@tintype/local-cloud/ports";
import { type Child, startOurServer } from "../../bench/servers.ts";
import { WEBHOOK_SECRET } from "./caller.ts";

const START_ATTEMPTS = 20;
const PAUSE_MS = 250;
const SAMPLE_MS = 500;

const environment = (connections: number) => ({
  DATABASE_POOL: String(connections),
  STREAMS_PER_ADDRESS: "0",
  STRIPE_SECRET_KEY: "sk_test_soak",
  STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
  // Nothing that is told here has to be read there.
  STRIPE_API_BASE: "http://127.0.0.1:9",
  LOG_LEVEL: "info",
});

/** Our server in a process that is killed and comes back at the same address. */
export class MortalServer {
  /** Callers that waited for a connection at the same time, at most; and connections left in a transaction. */
  peakWaiting = 0;
  leftOpen = 0;
  /** It ended without being killed. */
  deaths = 0;
  readonly #databaseUrl: string;
  readonly #connections: number;
  readonly #port: number;
  #child: Child;
  #isExpected = false;
  #isStopped = false;

  private constructor(databaseUrl: string, connections: number, port: number, child: Child) {
    this.#databaseUrl = databaseUrl;
    this.#connections = connections;
    this.#port = port;
    this.#child = child;
    void this.#lookAgainAndAgain();
  }

  static async start(databaseUrl: string, connections: number): Promise<MortalServer> {
    const port = await freePort();
    const child = await startOurServer(databaseUrl, environment(connections), port);
    const server = new MortalServer(databaseUrl, connections, port, child);
    void server.#watch(child);
    return server;
  }

  get url(): string {
    return this.#child.url;
  }

  async kill(): Promise<void> {
    this.#isExpected = true;
    const { kill, exited } = this.#child;
    kill();
    await exited;
    await this.#startAgain();
    this.#isExpected = false;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#child.stop();
  }

  /** A server that cannot live without its database for a while would show here. */
  async #watch(child: Child): Promise<void> {
    await child.exited;
    if (this.#isExpected || this.#isStopped || child !== this.#child) return;
    this.deaths += 1;
    await this.#startAgain();
  }

  /** Its database may be away as well. */
  async #startAgain(): Promise<void> {
    for (let attempt = 1; !this.#isStopped; attempt += 1) {
      try {
        const settings = environment(this.#connections);
        this.#child = await startOurServer(this.#databaseUrl, settings, this.#port);
        void this.#watch(this.#child);
        return;
      } catch (error) {
        if (attempt === START_ATTEMPTS) throw error;
        await delay(PAUSE_MS);
      }
    }
  }

  /** Reads what the server itself has counted. */
  async look(): Promise<void> {
    try {
      const text = await (await fetch(`${this.url}/metrics`)).text();
      this.peakWaiting = Math.max(this.peakWaiting, readMetric(text, "tintype_db_waiting_peak"));
      const leftOpen = 'tintype_db_connections_ended_total{reason="left_open"}';
      this.leftOpen = Math.max(this.leftOpen, readMetric(text, leftOpen));
    } catch {
      // It has been killed, or its database has.
    }
  }

  async #lookAgainAndAgain(): Promise<void> {
    while (!this.#isStopped) {
      await delay(SAMPLE_MS);
      await this.look();
    }
  }
}

function readMetric(text: string, name: string): number {
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length));
}
