import type { MiddlewareHandler } from "hono";
import type { RequestIdVariables } from "hono/request-id";
import type { Logger } from "pino";

const QUIET = new Set(["/healthz", "/readyz", "/metrics"]);

/**
 * One line per request. The path only: queries carry reset tokens and what people wrote, headers carry
 * sessions. For a stream the time is that until it begins.
 */
export function requestLog(logger: Logger): MiddlewareHandler<{ Variables: RequestIdVariables }> {
  return async (c, next) => {
    const started = performance.now();
    await next();
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
