import { STOP_LETTERS_PATH } from "@tintype/services/mail/stop-letters-link";
import type { MiddlewareHandler } from "hono";
import type { ServerBindings } from "./client-address.ts";

const READ = ["GET", "HEAD"];
/** The addresses that programs call. A browser that opens one must not be shown the app's page, with a 200. */
const METHODS: Record<string, readonly string[]> = {
  "/webhooks/stripe": ["POST"],
  "/cron/rollover": ["POST"],
  [STOP_LETTERS_PATH]: [...READ, "POST"],
  "/export/credits.csv": READ,
  "/healthz": READ,
  "/readyz": READ,
  "/metrics": READ,
};

/** Says of a known address which methods it takes (RFC 9110, 15.5.6), with or without a slash at its end. */
export function methodGuard(): MiddlewareHandler<ServerBindings> {
  return async (c, next) => {
    const methods = METHODS[c.req.path.replace(/\/+$/, "")];
    if (!methods || methods.includes(c.req.method)) return next();
    return c.text(`This address takes ${methods.join(", ")} only.\n`, 405, {
      Allow: methods.join(", "),
    });
  };
}
