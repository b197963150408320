import type { UserView } from "@tintype/core/auth";
import { DomainError, onceMore } from "@tintype/core/problems";
import type { UploadContext } from "@tintype/services/assets/confirm-upload";
import type { AuthContext } from "@tintype/services/auth/auth-context";
import type { PaymentContext } from "@tintype/services/billing/payment-context";
import type { AdminActor, AnonymousActor, UserActor } from "@tintype/services/context";
import type { LiveContext } from "@tintype/services/live/watch-live";
import { initTRPC } from "@trpc/server";
import { asTransport, problemOf } from "./problem-of.ts";

/** Built by the server for every request. */
export type ApiContext = AuthContext<UserActor | AnonymousActor> &
  Pick<PaymentContext, "payments"> &
  Pick<LiveContext, "liveStreams"> &
  Pick<UploadContext, "confirmations"> & {
    /** The signed-in user and the id in their cookie; null for a visitor. */
    session: { sessionId: string; user: UserView } | null;
    /** @param cookie a `Set-Cookie` value for the answer */
    setCookie: (cookie: string) => void;
    /** Keeps who did what: some of what administrators do leaves no trace of them in our tables. */
    recordAdmin: (action: AdminAction) => void;
  };

export type AdminAction = {
  /** The procedure: `admin.replayWebhookEvent`. */
  action: string;
  adminId: string;
  /** False when it was refused or failed. */
  isDone: boolean;
  /** Of the input what names somebody or something; never what was written. */
  subject: Record<string, string>;
};

const SSE_PING_MS = 15_000;
/** A stream ends after this long and the browser opens a new one: nothing that was left open stays for ever. */
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

/** The one place where a domain error or an outage becomes a transport error. All else stays a 500. */
const translateDomainErrors = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  const known = asTransport(result.error.cause);
  if (known === result.error.cause) return result;
  throw known;
});

/** The same for a stream: what it throws once it runs passes no middleware. */
export async function* withProblems<T>(events: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* events;
  } catch (error) {
    throw asTransport(error);
  }
}

export const { router, createCallerFactory } = t;

/** A query changes nothing, so it survives the loss of a connection. */
const repeatReads = t.middleware(({ type, next }) => {
  const attempt = async () => {
    const result = await next();
    if (!result.ok) throw result.error;
    return result;
  };
  return type === "query" ? onceMore(attempt, () => performance.now()) : next();
});

export const publicProcedure = t.procedure.use(translateDomainErrors).use(repeatReads);

export const userProcedure = publicProcedure.use(({ ctx, next }) => {
  const { actor } = ctx;
  if (actor.kind !== "user") throw new DomainError({ code: "unauthenticated" });
  return next({ ctx: { ...ctx, actor } });
});

/** For what ends with the session it was asked for with. */
export const sessionProcedure = userProcedure.use(({ ctx, next }) => {
  const { session } = ctx;
  if (session === null) throw new DomainError({ code: "unauthenticated" });
  return next({ ctx: { ...ctx, sessionId: session.sessionId } });
});

const isAdmin = userProcedure.use(({ ctx, next }) => {
  const { actor } = ctx;
  if (actor.role !== "admin") throw new DomainError({ code: "forbidden" });
  return next({ ctx: { ...ctx, actor: { ...actor, role: "admin" } satisfies AdminActor } });
});

export const adminProcedure = isAdmin.use(async ({ ctx, type, path, getRawInput, next }) => {
  const result = await next();
  if (type === "mutation") {
    // Without a body there is nothing to read, and what is done is not to fail for that.
    const subject = subjectOf(await getRawInput().catch(() => null));
    ctx.recordAdmin({ action: path, adminId: ctx.actor.userId, isDone: result.ok, subject });
  }
  return result;
});

const NAMES = ["userId", "eventId", "paymentReference", "requestId", "jobId", "grantId", "code"];
/** A name of ours or the provider's; what is longer is none, and it is not looked at before the input is. */
const MAX_NAME = 200;

function subjectOf(input: unknown): Record<string, string> {
  if (typeof input !== "object" || input === null) return {};
  const named = Object.entries(input).filter(
    ([key, value]) => NAMES.includes(key) && typeof value === "string" && value.length <= MAX_NAME,
  );
  return Object.fromEntries(named);
}
