import type { UserView } from "@tintype/core/auth";
import { DomainError } from "@tintype/core/problems";
import type { AuthContext } from "@tintype/services/auth/auth-context";
import type { RefundContext } from "@tintype/services/billing/refund-orders";
import type { AdminActor, AnonymousActor, UserActor } from "@tintype/services/context";
import { initTRPC, TRPCError } from "@trpc/server";
import { problemOf, trpcCodeOf } from "./problem-of.ts";

/** Built by the server for every request. */
export type ApiContext = AuthContext<UserActor | AnonymousActor> &
  Pick<RefundContext, "payments" | "refunds"> & {
    /** The signed-in user and the id in their cookie; null for a visitor. */
    session: { sessionId: string; user: UserView } | null;
    /** @param cookie a `Set-Cookie` value for the answer */
    setCookie: (cookie: string) => void;
  };

const SSE_PING_MS = 15_000;
/** A stream ends after this long and the browser opens a new one, which asks anew who it is. */
const SSE_MAX_MS = 5 * 60_000;

const t = initTRPC.context<ApiContext>().create({
  isDev: false,
  sse: {
    ping: { enabled: true, intervalMs: SSE_PING_MS },
    maxDurationMs: SSE_MAX_MS,
    client: { reconnectAfterInactivityMs: 3 * SSE_PING_MS },
  },
  errorFormatter: ({ shape, error }) => {
    const problem = problemOf(error);
    const isOurs = problem === null && error.code === "INTERNAL_SERVER_ERROR";
    // What went wrong inside is for the log: an SQL statement or a host name is nobody's business.
    const message = isOurs
      ? "internal error"
      : (problem?.code.replaceAll("_", " ") ?? shape.message);
    return { ...shape, message, data: { ...shape.data, problem } };
  },
});

/** The one place where a domain error becomes a transport error. All else stays a 500. */
const translateDomainErrors = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok || !(result.error.cause instanceof DomainError)) return result;
  const { cause } = result.error;
  throw new TRPCError({ code: trpcCodeOf[cause.problem.code], message: cause.message, cause });
});

export const { router, createCallerFactory } = t;
export const publicProcedure = t.procedure.use(translateDomainErrors);

export const userProcedure = publicProcedure.use(({ ctx, next }) => {
  const { actor } = ctx;
  if (actor.kind !== "user") throw new DomainError({ code: "unauthenticated" });
  return next({ ctx: { ...ctx, actor } });
});

export const adminProcedure = userProcedure.use(({ ctx, next }) => {
  const { actor } = ctx;
  if (actor.role !== "admin") throw new DomainError({ code: "forbidden" });
  return next({ ctx: { ...ctx, actor: { ...actor, role: "admin" } satisfies AdminActor } });
});
