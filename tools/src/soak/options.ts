import { parseArgs } from "node:util";

export type SoakOptions = {
  /** Calls that are to be acknowledged in all. */
  operations: number;
  seed: number;
  /** Client processes, and calls each has in flight. */
  clients: number;
  lanes: number;
  users: number;
  /** So many clients are killed, and so often PostgreSQL; spread evenly over the run. */
  kills: number;
  restarts: number;
};

export type HttpSoakOptions = {
  /** Calls that are to be answered with certainty in all. */
  answers: number;
  seed: number;
  /** Client processes; lanes of each, with bursts of up to 250 calls. */
  clients: number;
  lanes: number;
  /** Of the server's pool. */
  connections: number;
  /** So often the server is killed, and PostgreSQL; spread evenly over the run. */
  kills: number;
  restarts: number;
};

/** What is not asked for is null. */
export type Soaks = { functions: SoakOptions | null; http: HttpSoakOptions | null };

export const usage = `npm run soak -- [options]
  --functions      only the calls of the database's functions
  --http           only the requests to the server
  --operations N   calls of functions that are to be acknowledged (1000000)
  --answers N      calls over HTTP that are to be answered (200000)
  --seed S         another storm (1)
  --clients N      client processes (3; over HTTP 2), each with
  --lanes N        so many calls in flight (6), or bursts of batches (2)
  --users N        users with a wallet (400; over HTTP four a lane)
  --connections N  to the database from the server (2)
  --kills N        how often a client is killed in mid-flight, or the server (one in 50000 operations or 25000 answers)
  --restarts N     how often PostgreSQL is (one in 100000 operations or 50000 answers)`;

const names = [
  ...["operations", "answers", "seed", "clients", "lanes", "users", "connections"],
  ...["kills", "restarts"],
] as const;
type Read = (name: string, otherwise: number, least?: number) => number;

/** @throws Error in words for the terminal when an option is unknown or no whole number */
export function readOptions(argv: readonly string[]): Soaks {
  const numbers = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  const flags = { functions: { type: "boolean" as const }, http: { type: "boolean" as const } };
  const { values } = parseArgs({ args: [...argv], options: { ...numbers, ...flags } });
  const given = values as Record<string, string | boolean | undefined>;
  const read: Read = (name, otherwise, least = 0) => {
    if (given[name] === undefined) return otherwise;
    const value = Number(given[name]);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new Error(`--${name} takes a whole number from ${least} on, not "${given[name]}"`);
  };
  const isBoth = given.functions === given.http;
  return {
    functions: isBoth || given.functions ? functionsOf(read) : null,
    http: isBoth || given.http ? httpOf(read) : null,
  };
}

function functionsOf(read: Read): SoakOptions {
  const operations = read("operations", 1_000_000);
  return {
    operations,
    seed: read("seed", 1),
    clients: read("clients", 3),
    lanes: read("lanes", 6),
    users: read("users", 400),
    kills: read("kills", Math.ceil(operations / 50_000)),
    restarts: read("restarts", Math.ceil(operations / 100_000)),
  };
}

function httpOf(read: Read): HttpSoakOptions {
  const answers = read("answers", 200_000);
  return {
    answers,
    seed: read("seed", 1),
    clients: read("clients", 2, 1),
    lanes: read("lanes", 2, 1),
    connections: read("connections", 2, 1),
    kills: read("kills", Math.ceil(answers / 25_000)),
    restarts: read("restarts", Math.ceil(answers / 50_000)),
  };
}
