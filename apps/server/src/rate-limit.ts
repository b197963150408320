import type { MiddlewareHandler } from "hono";
import { clientAddress, type ServerBindings } from "./client-address.ts";
import { refuse } from "./problem-response.ts";

const WINDOW_MS = 60_000;
const MAX_ADDRESSES = 50_000;

/**
 * So many requests of one address a minute, counted in this process: a fence against floods and runaway
 * scripts. What must be exact (sign-ins, uploads, jobs) is counted in the database.
 */
export function rateLimit(options: {
  perMinute: number;
  trustedHops: number;
  now?: () => number;
}): MiddlewareHandler<ServerBindings> {
  const { perMinute, trustedHops, now = Date.now } = options;
  let windowStart = 0;
  let counts = new Map<string, number>();
  return async (c, next) => {
    if (perMinute === 0) return next();
    const current = Math.floor(now() / WINDOW_MS) * WINDOW_MS;
    if (current !== windowStart || counts.size >= MAX_ADDRESSES) {
      windowStart = current;
      counts = new Map();
    }
    const address = clientAddress(c, trustedHops);
    const seen = (counts.get(address) ?? 0) + 1;
    counts.set(address, seen);
    if (seen <= perMinute) return next();

    const retryAfterSeconds = Math.max(1, Math.ceil((current + WINDOW_MS - now()) / 1_000));
    c.header("Retry-After", String(retryAfterSeconds));
    const problem = { code: "too_many_attempts", retryAfterSeconds } as const;
    return refuse(c, { status: 429, problem, message: "too many requests" });
  };
}
