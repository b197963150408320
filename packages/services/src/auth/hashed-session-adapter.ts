import { DrizzlePostgreSQLAdapter } from "@lucia-auth/adapter-drizzle";
import { type Db, preparedPerDb, type Tx } from "@tintype/db/client";
import { sessions, users } from "@tintype/db/schema";
import { eq, sql } from "drizzle-orm";
import type { Adapter, DatabaseSession, DatabaseUser } from "lucia";
import { sha256 } from "./sha256.ts";

const selectSession = (db: Db | Tx) =>
  db
    .select({
      expiresAt: sessions.expiresAt,
      user: {
        id: users.id,
        email: users.email,
        role: users.role,
        locale: users.locale,
        createdAt: users.createdAt,
        isVerified: sql<boolean>`${users.verifiedEmail} is not distinct from ${users.email}`,
        awaitsVerification: users.awaitsVerification,
      },
    })
    .from(sessions)
    .innerJoin(users, eq(sessions.userId, users.id))
    .where(eq(sessions.id, sql.placeholder("id")))
    .prepare("find_session");
const selectSessionIn = preparedPerDb(selectSession);

/**
 * Lucia's adapter, between which and Lucia every session id is hashed: the cookie holds the id, the
 * database only its SHA-256. Looking a session up is one prepared statement and never reads the password.
 *
 * Lucia knows no clock but this machine's, and ends what has expired by it. So it is told of every end as this machine's
 * clock will show it then; the database keeps the end by its own.
 * @param now milliseconds since 1970 by the database
 */
export function hashedSessionAdapter(db: Db | Tx, now: () => number): Adapter {
  const aheadMs = () => Date.now() - now();
  const here = (time: Date) => new Date(time.getTime() + aheadMs());
  const atDatabase = (time: Date) => new Date(time.getTime() - aheadMs());
  const stored = new DrizzlePostgreSQLAdapter(db, sessions, users);
  const find = "$client" in db ? selectSessionIn(db as Db) : selectSession(db);
  return {
    async getSessionAndUser(
      sessionId,
    ): Promise<[session: DatabaseSession | null, user: DatabaseUser | null]> {
      const [row] = await find.execute({ id: sha256(sessionId) });
      if (!row) return [null, null];
      const { id, ...attributes } = row.user;
      return [
        { id: sessionId, userId: id, expiresAt: here(row.expiresAt), attributes: {} },
        { id, attributes },
      ];
    },
    getUserSessions: (userId) => stored.getUserSessions(userId),
    setSession: (session) =>
      stored.setSession({
        ...session,
        id: sha256(session.id),
        expiresAt: atDatabase(session.expiresAt),
      }),
    updateSessionExpiration: (sessionId, expiresAt) =>
      stored.updateSessionExpiration(sha256(sessionId), atDatabase(expiresAt)),
    deleteSession: (sessionId) => stored.deleteSession(sha256(sessionId)),
    deleteUserSessions: (userId) => stored.deleteUserSessions(userId),
    deleteExpiredSessions: () => stored.deleteExpiredSessions(),
  };
}
