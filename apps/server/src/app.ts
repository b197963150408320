import { outageOf } from "@tintype/core/problems";
import type { Logger } from "@tintype/integrations/process/logger";
import { STOP_LETTERS_PATH } from "@tintype/services/mail/stop-letters-link";
import { renderClock } from "@tintype/services/metrics/clock-metrics";
import { mayReadMetrics } from "@tintype/services/metrics/metrics-access";
import { renderPool } from "@tintype/services/metrics/pool-metrics";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { requestId } from "hono/request-id";
import { renderBooks } from "./books-metrics.ts";
import type { ServerBindings } from "./client-address.ts";
import { cronRoutes } from "./cron-routes.ts";
import type { Env } from "./env.ts";
import { exportRoutes } from "./export-routes.ts";
import { forwardedWarning } from "./forwarded-warning.ts";
import { healthRoutes } from "./health.ts";
import { methodGuard } from "./method-guard.ts";
import type { Metrics } from "./metrics.ts";
import { originCheck } from "./origin-check.ts";
import { inlineScriptHashes, pageSecurity } from "./page-security.ts";
import { refuse } from "./problem-response.ts";
import { rateLimit } from "./rate-limit.ts";
import { requestLog } from "./request-log.ts";
import { allowedOrigins, type Services, storageOrigin } from "./services.ts";
import { staticFiles } from "./static-files.ts";
import { stopLettersRoutes } from "./stop-letters-routes.ts";
import { streamLimit } from "./stream-limit.ts";
import { stripeWebhook } from "./stripe-webhook.ts";
import { trpcEndpoint } from "./trpc-endpoint.ts";
import { formsWithoutCode, visitorRoutes } from "./visitor-routes.ts";

/** Files go to the store, so nothing that is sent here is large. */
const BODY_LIMIT = 1024 * 1024;
/** Of one address: each reads up to a hundred thousand lines. */
const EXPORTS_PER_MINUTE = 20;
/** Of one address: a clock calls once an hour, and a secret is not to be guessed. */
const CRON_CALLS_PER_MINUTE = 30;

type AppOptions = { env: Env; services: Services; logger: Logger; metrics: Metrics };

export function createApp({ env, services, logger, metrics }: AppOptions): Hono<ServerBindings> {
  const trustedHops = env.TRUST_PROXY_HOPS;
  const app = new Hono<ServerBindings>();
  app.use(requestId({ headerName: "", generator: () => crypto.randomUUID() }));
  app.use(metrics.count);
  app.use(requestLog(logger));
  app.use(forwardedWarning({ trustedHops, logger }));
  app.use(
    pageSecurity({
      storage: storageOrigin(env),
      https: env.PUBLIC_URL.startsWith("https:"),
      inlineScripts: env.STATIC_DIR === undefined ? [] : inlineScriptHashes(env.STATIC_DIR),
    }),
  );
  app.route("/", healthRoutes(services));
  app.use(methodGuard());
  app.get("/metrics", async (c) => {
    const address = c.env?.incoming?.socket.remoteAddress;
    if (!mayReadMetrics({ header: (name) => c.req.header(name), address }, env)) return notFound(c);
    const own = metrics.render() + renderPool(services.poolStatistics());
    return c.text(own + renderClock(services.readClock()) + (await renderBooks(services, logger)));
  });

  // Before the check of the origin: it comes from no page, and its signature is checked instead.
  app.route("/webhooks", stripeWebhook({ services, logger, metrics }));
  // The same of an outside clock, which shows a secret.
  app.use("/cron/*", rateLimit({ perMinute: CRON_CALLS_PER_MINUTE, trustedHops }));
  app.route("/cron", cronRoutes({ services, secret: env.CRON_SECRET, logger, metrics }));

  // The same of mail programs, for many of which one address speaks. Its address carries a signature.
  app.use(STOP_LETTERS_PATH, rateLimit({ perMinute: env.RATE_LIMIT_PER_MINUTE, trustedHops }));
  app.use(STOP_LETTERS_PATH, bodyLimit({ maxSize: BODY_LIMIT, onError: tooLarge }));
  app.route("/", stopLettersRoutes({ services, secret: env.LINK_SECRET ?? null }));

  app.use("/trpc/*", rateLimit({ perMinute: env.RATE_LIMIT_PER_MINUTE, trustedHops }));
  app.use("/trpc/*", streamLimit({ perAddress: env.STREAMS_PER_ADDRESS, trustedHops }));
  app.use(formsWithoutCode());
  app.use(originCheck(allowedOrigins(env)));
  app.use("/trpc/*", bodyLimit({ maxSize: BODY_LIMIT, onError: tooLarge }));
  app.use("/trpc/*", async (c, next) => {
    await next();
    const isStream = c.res.headers.get("content-type")?.startsWith("text/event-stream");
    // A proxy that compresses a stream holds its messages back.
    c.header("Cache-Control", isStream ? "no-store, no-transform" : "no-store");
  });
  app.use("/trpc/*", trpcEndpoint({ services, trustedHops, logger, metrics }));

  const exportsPerMinute = Math.min(env.RATE_LIMIT_PER_MINUTE, EXPORTS_PER_MINUTE);
  app.use("/export/*", rateLimit({ perMinute: exportsPerMinute, trustedHops }));
  app.route("/export", exportRoutes({ services, logger, metrics }));

  // Addresses for machines are never a page: whoever mistypes one should not read a 200.
  for (const prefix of ["/webhooks", "/cron", "/export"]) app.all(`${prefix}/*`, notFound);
  if (env.STATIC_DIR !== undefined) {
    const pages = { directory: env.STATIC_DIR, services, logger };
    app.route("/", visitorRoutes({ ...pages, publicUrl: env.PUBLIC_URL }));
    app.route("/", staticFiles(pages));
  }
  app.notFound(notFound);
  app.onError((error, c) => {
    const outage = outageOf(error);
    if (outage !== null) {
      logger.warn({ err: error, path: c.req.path }, "a service could not be reached");
      c.header("Retry-After", String(outage.problem.retryAfterSeconds));
      return refuse(c, { status: 503, problem: outage.problem, message: "service unavailable" });
    }
    metrics.unexpectedError();
    logger.error({ err: error, path: c.req.path }, "unexpected error");
    return refuse(c, { status: 500, problem: null, message: "internal error" });
  });
  return app;
}

type AnyContext = Parameters<typeof refuse>[0];
const notFound = (c: AnyContext) =>
  refuse(c, { status: 404, problem: { code: "not_found" }, message: "not found" });
const tooLarge = (c: AnyContext) => {
  const problem = { code: "body_too_large", limit: BODY_LIMIT } as const;
  return refuse(c, { status: 413, problem, message: "payload too large" });
};
