import { trpcServer } from "@hono/trpc-server";
import { asTransport, retryAfterOf } from "@tintype/api/problem-of";
import { appRouter } from "@tintype/api/router";
import type { ApiContext } from "@tintype/api/trpc";
import { onceMore } from "@tintype/core/problems";
import type { Logger } from "@tintype/integrations/process/logger";
import type { AnonymousActor, UserActor } from "@tintype/services/context";
import type { FetchCreateContextFnOptions } from "@trpc/server/adapters/fetch";
import type { Context } from "hono";
import { clientAddress, type ServerBindings } from "./client-address.ts";
import type { Metrics } from "./metrics.ts";
import type { Services } from "./services.ts";

const MAX_BATCH = 20;

type ServerContext = ApiContext & { requestId: string };
type Options = { services: Services; trustedHops: number; logger: Logger; metrics: Metrics };

export function trpcEndpoint(options: Options) {
  const { logger, metrics } = options;
  return trpcServer({
    router: appRouter,
    endpoint: "/trpc",
    maxBatchSize: MAX_BATCH,
    createContext: (request, c: Context) =>
      createContext(options, request, c).catch((error: unknown) => {
        throw asTransport(error);
      }),
    responseMeta: ({ errors }) => {
      const seconds = retryAfterOf(errors);
      return seconds === null ? {} : { headers: { "Retry-After": String(seconds) } };
    },
    onError: ({ error, path, type, ctx }) => {
      const requestId = (ctx as ServerContext | undefined)?.requestId;
      // The user is asked to come back; operators see why in the log.
      if (error.code === "SERVICE_UNAVAILABLE" && error.cause !== undefined) {
        logger.warn({ err: error.cause, path, type, requestId }, "a service could not be reached");
      }
      if (error.code !== "INTERNAL_SERVER_ERROR") return;
      metrics.unexpectedError();
      logger.error({ err: error.cause ?? error, path, type, requestId }, "unexpected error");
    },
  });
}

async function createContext(
  { services, trustedHops, logger }: Options,
  { req, resHeaders }: FetchCreateContextFnOptions,
  c: Context<ServerBindings>,
): Promise<ServerContext> {
  const setCookie = (cookie: string) => resHeaders.append("Set-Cookie", cookie);
  const cookieHeader = req.headers.get("cookie");
  const session = await onceMore(
    () => services.sessions.find(cookieHeader),
    () => performance.now(),
  );
  if (session?.renewedCookie) setCookie(session.renewedCookie);
  const actor: UserActor | AnonymousActor = session
    ? { kind: "user", userId: session.user.id, role: session.user.role }
    : { kind: "anonymous" };
  const address = clientAddress(c, trustedHops);
  const requestId = c.get("requestId");
  const recordAdmin: ApiContext["recordAdmin"] = (action) =>
    logger.info({ requestId, ...action }, "an administrator acted");
  const caller = { actor, session, address, cookieHeader, requestId };
  return { ...services, ...caller, setCookie, recordAdmin };
}
