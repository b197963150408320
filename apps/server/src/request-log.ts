import type { Logger } from "@tintype/integrations/process/logger";
import type { MiddlewareHandler } from "hono";
import type { ServerBindings } from "./client-address.ts";

const QUIET = new Set(["/healthz", "/readyz", "/metrics"]);

/**
 * One line per request. The path only: queries carry reset tokens and what people wrote, headers carry
 * sessions. For a stream the time is that until it begins.
 */
export function requestLog(logger: Logger): MiddlewareHandler<ServerBindings> {
  return async (c, next) => {
    const started = performance.now();
    await next();
    c.header("X-Request-Id", c.get("requestId"));
    if (QUIET.has(c.req.path)) return;
    logger.info({
      requestId: c.get("requestId"),
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      ms: Math.round(performance.now() - started),
    });
  };
}
