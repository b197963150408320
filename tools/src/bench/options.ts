import { parseArgs } from "node:util";

export type BenchOptions = {
  /** How long each contestant runs in each round. */
  seconds: number;
  rounds: number;
  /** Clients that ask at the same time, the same for all. */
  clients: number;
  users: number;
  /** Ledger entries of the growth run; null: no growth run. */
  rows: number | null;
  /** Part of the names of the contestants that run; null: all, and the proofs. */
  only: string | null;
  /** Where the figures go as JSON. */
  json: string;
};

export const usage = `npm run bench -- [options]
  --seconds N     how long each contestant runs in each round (4)
  --rounds N      rounds; the figures are medians over them (5)
  --clients N     clients that ask at the same time (16); webhooks come over 8 connections
  --only TEXT     only contestants with this in their name, for instance "webhook"
  --users N       users with a wallet of five grants (10000)
  --quick         1 second, 2 rounds: only to see that everything runs
  --rows N        instead: hot queries with N ledger entries against a million
  --json FILE     where the figures go (bench-results.json)`;

/** @throws Error in words for the terminal when an option is unknown or no positive whole number */
export function readOptions(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seconds: { type: "string" },
      rounds: { type: "string" },
      clients: { type: "string" },
      users: { type: "string" },
      rows: { type: "string" },
      only: { type: "string" },
      json: { type: "string", default: "bench-results.json" },
      quick: { type: "boolean", default: false },
    },
  });
  const number = (name: "seconds" | "rounds" | "clients" | "users" | "rows", otherwise: number) => {
    const given = values[name];
    if (given === undefined) return otherwise;
    const value = Number(given);
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new Error(`--${name} takes a whole number above 0, not "${given}"`);
  };
  return {
    seconds: number("seconds", values.quick ? 1 : 4),
    rounds: number("rounds", values.quick ? 2 : 5),
    clients: number("clients", 16),
    users: number("users", 10_000),
    rows: values.rows === undefined ? null : number("rows", 1),
    only: values.only ?? null,
    json: values.json,
  };
}
