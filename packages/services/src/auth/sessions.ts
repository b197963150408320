import { authLimits, type UserView } from "@tintype/core/auth";
import type { Db, Tx } from "@tintype/db/client";
import { generateIdFromEntropySize, Lucia, TimeSpan } from "lucia";
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
/**
 * Over https browsers take a cookie of this name from this very host only, so that no neighbour below the same domain can
 * slip a session of its own under ours (RFC 6265bis, 4.1.3.2).
 */
const HOST_COOKIE_NAME = `__Host-${COOKIE_NAME}`;
/** Ids are longer than those from the time before that name, whose cookies are taken once more and replaced. */
const ID_ENTROPY_BYTES = 30;
const ID = /^[\w-]{1,100}$/;
const OLD_ID = /^[a-z0-9]{40}$/;

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
  /** Milliseconds since 1970 by the database; this machine's clock unless given. */
  now?: () => number;
}): SessionStore {
  const { db, secureCookies, now = Date.now } = options;
  const luciaOf = (connection: Db | Tx) => createLucia(connection, secureCookies, now);
  const lucia = luciaOf(db);
  const cache = createSessionCache(now);

  return {
    async create(tx, userId) {
      const session = await luciaOf(tx).createSession(
        userId,
        {},
        { sessionId: generateIdFromEntropySize(ID_ENTROPY_BYTES) },
      );
      return lucia.createSessionCookie(session.id).serialize();
    },
    async find(cookieHeader) {
      const shown = cookieHeader === null ? null : readSessionId(cookieHeader, secureCookies);
      if (!shown) return null;
      const { sessionId, isRenamed } = shown;
      const cookie = () => lucia.createSessionCookie(sessionId).serialize();
      const known = cache.get(sessionId);
      if (known) return { sessionId, user: known, renewedCookie: isRenamed ? cookie() : null };

      const keep = cache.reserve(sessionId);
      const { session, user } = await lucia.validateSession(sessionId);
      if (!session) return null;
      keep(user, new Date(session.expiresAt.getTime() - (Date.now() - now())));
      const renewedCookie = session.fresh || isRenamed ? cookie() : null;
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

function createLucia(connection: Db | Tx, secure: boolean, now: () => number) {
  return new Lucia(hashedSessionAdapter(connection, now), {
    sessionExpiresIn: new TimeSpan(authLimits.sessionDays, "d"),
    sessionCookie: {
      name: secure ? HOST_COOKIE_NAME : COOKIE_NAME,
      attributes: { secure, sameSite: "lax", path: "/" },
    },
    getSessionAttributes: () => ({}),
    getUserAttributes: ({ email, role, locale, createdAt, isVerified, awaitsVerification }) => ({
      ...{ email, role, locale, createdAt, isVerified, awaitsVerification },
    }),
  });
}

/** Without encoding, for ids have none: a header that is not even well encoded holds no session. */
function readSessionId(
  cookieHeader: string,
  secure: boolean,
): { sessionId: string; isRenamed: boolean } | null {
  const cookieNamed = (name: string) =>
    cookieHeader
      .split(/;\s*/)
      .find((each) => each.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  const current = cookieNamed(secure ? HOST_COOKIE_NAME : COOKIE_NAME);
  if (current !== undefined)
    return ID.test(current) ? { sessionId: current, isRenamed: false } : null;
  const old = secure ? cookieNamed(COOKIE_NAME) : undefined;
  return old !== undefined && OLD_ID.test(old) ? { sessionId: old, isRenamed: true } : null;
}
