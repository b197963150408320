import { authLimits, type UserView } from "@tintype/core/auth";
import type { Db, Tx } from "@tintype/db/client";
import { Lucia, TimeSpan } from "lucia";
import { hashedSessionAdapter } from "./hashed-session-adapter.ts";
import { createSessionCache } from "./session-cache.ts";

type UserAttributes = Omit<UserView, "id">;
declare module "lucia" {
  interface Register {
    Lucia: Lucia<Record<never, never>, UserAttributes>;
    DatabaseUserAttributes: UserAttributes;
  }
}

const COOKIE_NAME = "tintype_session";

export type FoundSession = {
  sessionId: string;
  user: UserView;
  /** A `Set-Cookie` value when the session was just prolonged. */
  renewedCookie: string | null;
};

/**
 * Sessions of 30 days that slide: in the second half of its life a session that is used gets 30 new days.
 * What is found is remembered for ten seconds in this process; ending a session here forgets it at once.
 */
export type SessionStore = {
  /** A step, so that a session appears together with what it rests on. @returns a `Set-Cookie` value */
  create(tx: Tx, userId: string): Promise<string>;
  /** @param cookieHeader the request's `Cookie`, null when it has none */
  find(cookieHeader: string | null): Promise<FoundSession | null>;
  end(sessionId: string): Promise<void>;
  endAll(userId: string): Promise<void>;
  /** To be called after a change of the user or of their sessions that was made elsewhere. */
  forget(userId: string): void;
  /** A `Set-Cookie` value that takes the cookie away. */
  blankCookie(): string;
};

export function createSessionStore(options: {
  db: Db;
  /** Cookies only over https: when the public address is one. */
  secureCookies: boolean;
  /** Milliseconds since 1970, for the memory of ten seconds. */
  now?: () => number;
}): SessionStore {
  const { db, secureCookies, now = Date.now } = options;
  const luciaOf = (connection: Db | Tx) => createLucia(connection, secureCookies);
  const lucia = luciaOf(db);
  const cache = createSessionCache(now);

  return {
    async create(tx, userId) {
      const session = await luciaOf(tx).createSession(userId, {});
      return lucia.createSessionCookie(session.id).serialize();
    },
    async find(cookieHeader) {
      const sessionId = cookieHeader === null ? null : readSessionId(lucia, cookieHeader);
      if (!sessionId) return null;
      const known = cache.get(sessionId);
      if (known) return { sessionId, user: known, renewedCookie: null };

      const keep = cache.reserve(sessionId);
      const { session, user } = await lucia.validateSession(sessionId);
      if (!session) return null;
      keep(user, session.expiresAt);
      const renewedCookie = session.fresh ? lucia.createSessionCookie(sessionId).serialize() : null;
      return { sessionId, user, renewedCookie };
    },
    async end(sessionId) {
      await lucia.invalidateSession(sessionId);
      cache.forgetSession(sessionId);
    },
    async endAll(userId) {
      await lucia.invalidateUserSessions(userId);
      cache.forgetUser(userId);
    },
    forget: cache.forgetUser,
    blankCookie: () => lucia.createBlankSessionCookie().serialize(),
  };
}

function createLucia(connection: Db | Tx, secure: boolean) {
  return new Lucia(hashedSessionAdapter(connection), {
    sessionExpiresIn: new TimeSpan(authLimits.sessionDays, "d"),
    sessionCookie: { name: COOKIE_NAME, attributes: { secure, sameSite: "lax", path: "/" } },
    getSessionAttributes: () => ({}),
    getUserAttributes: ({ email, role, locale, createdAt, isVerified, awaitsVerification }) => ({
      ...{ email, role, locale, createdAt, isVerified, awaitsVerification },
    }),
  });
}

/** A header that is not even well encoded holds no session. */
function readSessionId(lucia: Lucia<Record<never, never>, UserAttributes>, cookieHeader: string) {
  const pair = cookieHeader.split(/;\s*/).find((each) => each.startsWith(`${COOKIE_NAME}=`));
  if (!pair || pair.includes("%")) return null;
  return lucia.readSessionCookie(pair);
}
