import { createHash, timingSafeEqual } from "node:crypto";
import { isPublicAddress } from "@tintype/core/published-secrets";
import type { Context } from "hono";
import { isLoopback, type ServerBindings } from "./client-address.ts";
import type { Env } from "./env.ts";

/**
 * With a token, whoever shows it. Without one, a program of this machine, and only where nobody else is served: behind a
 * proxy on the same machine everybody comes from 127.0.0.1, and nginx does not say for whom it asks.
 */
export function mayReadMetrics(
  c: Context<ServerBindings>,
  { METRICS_TOKEN, PUBLIC_URL }: Pick<Env, "METRICS_TOKEN" | "PUBLIC_URL">,
): boolean {
  if (METRICS_TOKEN !== undefined)
    return isSame(c.req.header("authorization") ?? "", `Bearer ${METRICS_TOKEN}`);
  return !isPublicAddress(PUBLIC_URL) && isLoopback(c);
}

/** Of digests, which are equally long: neither the length nor the first wrong letter shows in the time. */
function isSame(shown: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(shown), digest(expected));
}
