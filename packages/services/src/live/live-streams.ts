import { liveLimits } from "@tintype/core/live";
import { DomainError } from "@tintype/core/problems";
import type { Db } from "@tintype/db/client";
import { sessions } from "@tintype/db/schema";
import { and, gt, sql } from "drizzle-orm";
import { sha256 } from "../auth/sha256.ts";

export type LiveStream = {
  /** Aborted when the session has ended: no message is to be sent from then on. */
  ended: AbortSignal;
  /** Gives the place back. Any number of calls. */
  close: () => void;
};

/** The event streams that are open in this process. */
export type LiveStreams = {
  /**
   * Takes one of the user's places, and looks the session up in the database: what is remembered of sessions is up to
   * ten seconds old.
   * @throws DomainError too_many_streams | unauthenticated
   */
  open(session: { userId: string; sessionId: string }): Promise<LiveStream>;
  close(): void;
};

type Options = {
  db: Db;
  now: () => Date;
  /** Of one user in this process; 0 is no limit. */
  perUser?: number;
  onError: (error: unknown) => void;
  checkMs?: number;
};

type Entry = { userId: string; session: string; ending: AbortController };

/**
 * Ends each stream with its session. All sessions with an open stream are looked up in one statement a second, so it does
 * not matter who ended a session, in which process, or whether it was deleted by hand: no signal is needed that could be
 * lost. While the database cannot be asked, a stream has nothing to send either.
 */
export function createLiveStreams(options: Options): LiveStreams {
  const { perUser = liveLimits.streamsPerUser, onError } = options;
  const { checkMs = liveLimits.sessionCheckMs } = options;
  const open = new Set<Entry>();
  let checking = false;

  const check = async (): Promise<void> => {
    if (checking || open.size === 0) return;
    checking = true;
    try {
      const asked = [...open];
      const alive = await livingSessions(
        options,
        asked.map(({ session }) => session),
      );
      for (const { session, ending } of asked) if (!alive.has(session)) ending.abort();
    } catch (error) {
      onError(error);
    } finally {
      checking = false;
    }
  };
  const timer = setInterval(() => void check(), checkMs);
  timer.unref();

  return {
    async open({ userId, sessionId }) {
      const ofUser = [...open].filter((each) => each.userId === userId).length;
      if (perUser > 0 && ofUser >= perUser) {
        const retryAfterSeconds = liveLimits.retrySeconds;
        throw new DomainError({ code: "too_many_streams", limit: perUser, retryAfterSeconds });
      }
      const entry = { userId, session: sha256(sessionId), ending: new AbortController() };
      open.add(entry);
      const close = () => void open.delete(entry);
      try {
        const alive = await livingSessions(options, [entry.session]);
        if (!alive.has(entry.session)) throw new DomainError({ code: "unauthenticated" });
      } catch (error) {
        close();
        throw error;
      }
      return { ended: entry.ending.signal, close };
    },
    close: () => clearInterval(timer),
  };
}

async function livingSessions(
  { db, now }: Pick<Options, "db" | "now">,
  ids: string[],
): Promise<ReadonlySet<string>> {
  // As one array, so that one prepared statement serves any number of streams. The ids are hexadecimal.
  const asked = sql`${`{${[...new Set(ids)].join(",")}}`}::text[]`;
  const rows = await db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(sql`${sessions.id} = any(${asked})`, gt(sessions.expiresAt, now())))
    .prepare("living_sessions")
    .execute();
  return new Set(rows.map(({ id }) => id));
}
