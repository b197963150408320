import type { MiddlewareHandler } from "hono";
import { refuse } from "./problem-response.ts";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whatever may change something must come from one of our own pages. Every browser says where a POST comes
 * from; a request that says nothing is refused too, so a cookie alone never suffices.
 */
export function originCheck(origins: readonly string[]): MiddlewareHandler {
  const allowed = new Set(origins);
  return async (c, next) => {
    if (SAFE.has(c.req.method)) return next();
    const origin = c.req.header("origin");
    const ours =
      origin === undefined ? c.req.header("sec-fetch-site") === "same-origin" : allowed.has(origin);
    if (ours) return next();
    return refuse(c, { status: 403, problem: { code: "origin_refused" }, message: "forbidden" });
  };
}
