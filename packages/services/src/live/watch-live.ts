import type { LiveEvent, WatchInput } from "@tintype/core/live";
import { DomainError } from "@tintype/core/problems";
import type { SessionStore } from "../auth/sessions.ts";
import type { ServiceContext, UserActor } from "../context.ts";
import type { LiveStreams } from "./live-streams.ts";
import { watchUser } from "./watch-user.ts";

export type LiveContext = ServiceContext<UserActor> & {
  liveStreams: LiveStreams;
  /** The id in the cookie. */
  sessionId: string;
  sessions: Pick<SessionStore, "forget">;
};

/**
 * What the user's open pages show, as long as the session lasts that asked for it.
 * @throws DomainError session_changed for a page that somebody else is reading; too_many_streams; unauthenticated once the
 *   session has ended
 */
export async function* watchLive(
  ctx: LiveContext,
  { forUserId, include }: WatchInput,
  signal: AbortSignal,
): AsyncGenerator<LiveEvent> {
  const { userId } = ctx.actor;
  if (forUserId !== undefined && forUserId !== userId) {
    throw new DomainError({ code: "session_changed" });
  }
  try {
    yield* untilEnded(ctx, include, signal);
  } catch (error) {
    // Known here before the memory of sessions runs out, so that the page's next question gets the right answer.
    if (isOver(error)) ctx.sessions.forget(userId);
    throw error;
  }
}

async function* untilEnded(
  ctx: LiveContext,
  include: WatchInput["include"],
  signal: AbortSignal,
): AsyncGenerator<LiveEvent> {
  const { userId } = ctx.actor;
  const { ended, close } = await ctx.liveStreams.open({ userId, sessionId: ctx.sessionId });
  try {
    yield* watchUser(ctx, AbortSignal.any([signal, ended]), { include });
    if (ended.aborted) throw new DomainError({ code: "unauthenticated" });
  } finally {
    close();
  }
}

const isOver = (error: unknown): boolean =>
  error instanceof DomainError && error.problem.code === "unauthenticated";
