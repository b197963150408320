import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { freePort } from "@tintype/local-cloud/ports";
import { rootDir } from "../stack/web-build.ts";

const preload = path.join(import.meta.dirname, "wrong-clock.ts");
const main = path.join(rootDir, "apps/worker/src/main.ts");

/** A worker in a process of its own, on a machine whose clock is wrong by so many milliseconds. */
export class CrookedWorker {
  readonly #child: ChildProcess;
  readonly #port: number;
  #written = "";

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#written += text;
    });
  }

  static async start(env: Record<string, string>, wrongByMs: number): Promise<CrookedWorker> {
    const port = await freePort();
    const child = spawn(process.execPath, ["--import", preload, main], {
      env: {
        ...{ PATH: process.env.PATH, ...env, WORKER_PORT: String(port) },
        WRONG_CLOCK_MS: String(wrongByMs),
      },
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    const worker = new CrookedWorker(child, port);
    const ended = once(child, "exit").then(() => {
      throw new Error(`the worker ended: ${worker.log}`);
    });
    const started = (async () => {
      while (!worker.log.includes("taking jobs")) await once(child.stdout ?? child, "data");
    })();
    await Promise.race([started, ended]);
    ended.catch(() => undefined);
    return worker;
  }

  /** What it has written so far. */
  get log(): string {
    return this.#written;
  }

  /** Somebody sets the clock of its machine. */
  setWrong = (byMs: number): void => void this.#child.send(byMs);

  /** As its /metrics tells it; null for what it does not tell. */
  async metric(name: string): Promise<number | null> {
    const text = await (await fetch(`http://127.0.0.1:${this.#port}/metrics`)).text();
    const line = text.split("\n").find((each) => each.startsWith(`${name} `));
    return line === undefined ? null : Number(line.slice(name.length));
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }
}
