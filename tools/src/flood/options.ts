import { parseArgs } from "node:util";

export type FloodOptions = {
  /** Deliveries in all, those that come twice included. */
  deliveries: number;
  /** Of a hundred deliveries so many are ones that were sent before. */
  duplicates: number;
  /** So many are on their way at the same time. */
  connections: number;
  /** Another disorder. */
  seed: number;
};

export const usage = `npm run flood -- [options]
  --deliveries N    webhooks in all (10000)
  --duplicates P    of a hundred, so many are sent a second time (20)
  --connections N   on their way at the same time (8)
  --seed S          another disorder (1)`;

const names = ["deliveries", "duplicates", "connections", "seed"] as const;

/** @throws Error in words for the terminal when an option is unknown or no whole number in its bounds */
export function readOptions(argv: readonly string[]): FloodOptions {
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  const { values } = parseArgs({ args: [...argv], options });
  const number = (name: (typeof names)[number], otherwise: number, least: number, most: number) => {
    const given = values[name];
    if (given === undefined) return otherwise;
    const value = Number(given);
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new Error(`--${name} takes a whole number from ${least} to ${most}, not "${given}"`);
  };
  return {
    deliveries: number("deliveries", 10_000, 1, 1_000_000),
    // Every delivery comes twice at most.
    duplicates: number("duplicates", 20, 0, 50),
    connections: number("connections", 8, 1, 64),
    seed: number("seed", 1, 0, Number.MAX_SAFE_INTEGER),
  };
}
