import { createHash, timingSafeEqual } from "node:crypto";
import { outageOf } from "@tintype/core/problems";
import type { Logger } from "@tintype/integrations/process/logger";
import { rollOverDue } from "@tintype/services/billing/roll-over-due";
import type { SystemActor } from "@tintype/services/context";
import { Hono } from "hono";
import type { ServerBindings } from "./client-address.ts";
import type { Metrics } from "./metrics.ts";
import type { Services } from "./services.ts";

const actor: SystemActor = { kind: "system", name: "cron" };

type Options = {
  services: Services;
  /** What the caller must show; without it nobody may call. */
  secret: string | undefined;
  logger: Logger;
  metrics: Metrics;
};

/**
 * For an outside clock (seed 004). The worker's schedule does the same by itself; whoever runs no worker all the time, or
 * wants it at a certain hour, calls this. Any number of times: what is done is not done again.
 */
export function cronRoutes({ services, secret, logger, metrics }: Options): Hono<ServerBindings> {
  return new Hono<ServerBindings>().post("/rollover", async (c) => {
    if (secret === undefined) return c.text("CRON_SECRET is not set here.\n", 503);
    if (!isSame(c.req.header("authorization") ?? "", `Bearer ${secret}`)) {
      return c.text("Show CRON_SECRET as a bearer token.\n", 401, { "WWW-Authenticate": "Bearer" });
    }
    try {
      const done = await rollOverDue({ ...services, actor });
      logger.info(done, "rolled over on demand");
      return c.json(done);
    } catch (error) {
      // 503: it is asked again.
      if (outageOf(error)) throw error;
      metrics.unexpectedError();
      logger.error({ err: error }, "rolling over on demand failed");
      return c.text("Not everything could be done; the reason is in the log. Call again.\n", 500);
    }
  });
}

/** Of digests, which are equally long: neither the length nor the first wrong letter of the secret shows in the time. */
function isSame(shown: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(shown), digest(expected));
}
