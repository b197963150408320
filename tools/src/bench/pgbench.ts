import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import { keepAsking } from "./clients.ts";
import { percentile, type Sample } from "./statistics.ts";

/** One SQL statement that clients repeat. `:n` is a random number from 1 to `users`. */
export type SqlLoad = {
  databaseUrl: string;
  statement: string;
  users: number;
  clients: number;
  seconds: number;
  /** The role whose rights it runs with; null: the owner's. */
  role: string | null;
};

/** One call in ten is timed: writing all of them down would cost the measured processor time. */
const TIMED_SHARE = 0.1;

export const hasPgbench = (): boolean =>
  spawnSync("pgbench", ["--version"], { stdio: "ignore" }).status === 0;

/** `pgbench -M prepared`, PostgreSQL's own load generator. @throws Error with its output when a call fails */
export async function runPgbench(load: SqlLoad): Promise<Sample> {
  const dir = await mkdtemp(path.join(tmpdir(), "tintype-pgbench-"));
  try {
    const script = path.join(dir, "script.sql");
    await writeFile(script, `\\set n random(1, ${load.users})\n${load.statement};\n`);
    const output = await spawnPgbench(load, script, path.join(dir, "log"));
    const perSecond = Number(/^tps = ([\d.]+)/m.exec(output)?.[1]);
    const failed = /^number of failed transactions: (\d+)/m.exec(output)?.[1] ?? "0";
    if (!Number.isFinite(perSecond) || failed !== "0") throw new Error(`pgbench:\n${output}`);
    const latencies = await readLatencies(dir);
    return { perSecond, p99Ms: latencies.length === 0 ? null : percentile(latencies, 0.99) };
  } finally {
    await rm(dir, { recursive: true });
  }
}

function spawnPgbench(load: SqlLoad, script: string, log: string): Promise<string> {
  const { databaseUrl, clients, seconds, role } = load;
  const flags = ["-n", "-M", "prepared", "-c", String(clients), "-j", "2", "-T", String(seconds)];
  const logs = ["--log", `--log-prefix=${log}`, `--sampling-rate=${TIMED_SHARE}`];
  const child = spawn("pgbench", [...flags, ...logs, "-f", script, databaseUrl], {
    env: { ...process.env, ...(role !== null && { PGOPTIONS: `-c role=${role}` }) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (part) => {
      output += part;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0 && !output.includes("ERROR")) resolve(output);
      else reject(new Error(`pgbench ended with ${code}:\n${output}`));
    });
  });
}

/** Its log has one line a timed call; the third number is microseconds. */
async function readLatencies(dir: string): Promise<number[]> {
  const names = (await readdir(dir)).filter((name) => name.startsWith("log"));
  const texts = await Promise.all(names.map((name) => readFile(path.join(dir, name), "utf8")));
  const lines = texts.flatMap((text) => text.split("\n").filter((line) => line !== ""));
  return lines.map((line) => Number(line.split(" ")[2]) / 1_000);
}

/** The same load where pgbench is missing: postgres.js, prepared, with as many connections as clients. */
export async function runPreparedClient(load: SqlLoad): Promise<Sample> {
  const client = postgres(load.databaseUrl, {
    max: load.clients,
    onnotice: () => undefined,
    connection: load.role === null ? {} : { role: load.role },
  });
  const statement = load.statement.replaceAll(":n", "$1::integer");
  const ask = async () => {
    const n = 1 + Math.floor(Math.random() * load.users);
    await client.unsafe(statement, [n], { prepare: true });
  };
  try {
    await Promise.all(Array.from({ length: load.clients }, ask));
    return await keepAsking(load, ask);
  } finally {
    await client.end({ timeout: 5 });
  }
}
