import type { MiddlewareHandler } from "hono";
import { clientAddress, type ServerBindings } from "./client-address.ts";
import { refuse } from "./problem-response.ts";

const WINDOW_MS = 60_000;
const MAX_ADDRESSES = 50_000;

/**
 * So many calls of one address a minute, counted in this process: a fence against floods and runaway scripts.
 * A batch counts as the calls in it. What must be exact (sign-ins, uploads, jobs) is counted in the database.
 */
export function rateLimit(options: {
  perMinute: number;
  trustedHops: number;
  /** Milliseconds of a clock that nobody sets: a minute is a minute, whatever becomes of the time of day. */
  now?: () => number;
}): MiddlewareHandler<ServerBindings> {
  const { perMinute, trustedHops, now = () => performance.now() } = options;
  let windowStart = 0;
  let counts = new Map<string, number>();
  return async (c, next) => {
    if (perMinute === 0) return next();
    const current = Math.floor(now() / WINDOW_MS) * WINDOW_MS;
    if (current !== windowStart) {
      windowStart = current;
      counts = new Map();
    }
    const address = clientAddress(c, trustedHops);
    const seen = (counts.get(address) ?? 0) + callsIn(c.req.url);
    // Taken out first, so that the address to go when there are too many is the one quiet for longest.
    counts.delete(address);
    const [quietest] = counts.keys();
    if (counts.size >= MAX_ADDRESSES && quietest !== undefined) counts.delete(quietest);
    counts.set(address, seen);
    if (seen <= perMinute) return next();

    const retryAfterSeconds = Math.max(1, Math.ceil((current + WINDOW_MS - now()) / 1_000));
    c.header("Retry-After", String(retryAfterSeconds));
    const problem = { code: "too_many_attempts", retryAfterSeconds } as const;
    return refuse(c, { status: 429, problem, message: "too many requests" });
  };
}

/** tRPC writes a batch's procedures into the path, with commas between them. */
const callsIn = (url: string): number => new URL(url).pathname.split(/,|%2c/i).length;
