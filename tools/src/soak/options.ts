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

export const usage = `npm run soak -- [options]
  --operations N   calls that are to be acknowledged (1000000)
  --seed S         another storm (1)
  --clients N      client processes (3), each with
  --lanes N        so many calls in flight (6)
  --users N        users with a wallet (400)
  --kills N        how often a client is killed in mid-flight (one in 50000 operations)
  --restarts N     how often PostgreSQL is (one in 100000 operations)`;

const names = ["operations", "seed", "clients", "lanes", "users", "kills", "restarts"] as const;

/** @throws Error in words for the terminal when an option is unknown or no whole number */
export function readOptions(argv: readonly string[]): SoakOptions {
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  const { values } = parseArgs({ args: [...argv], options });
  const number = (name: (typeof names)[number], otherwise: number) => {
    const given = values[name];
    if (given === undefined) return otherwise;
    const value = Number(given);
    if (Number.isSafeInteger(value) && value >= 0) return value;
    throw new Error(`--${name} takes a whole number, not "${given}"`);
  };
  const operations = number("operations", 1_000_000);
  return {
    operations,
    seed: number("seed", 1),
    clients: number("clients", 3),
    lanes: number("lanes", 6),
    users: number("users", 400),
    kills: number("kills", Math.ceil(operations / 50_000)),
    restarts: number("restarts", Math.ceil(operations / 100_000)),
  };
}
