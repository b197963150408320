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
 */
export function hashedSessionAdapter(db: Db | Tx): Adapter {
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
        { id: sessionId, userId: id, expiresAt: row.expiresAt, attributes: {} },
        { id, attributes },
      ];
    },
    getUserSessions: (userId) => stored.getUserSessions(userId),
    setSession: (session) => stored.setSession({ ...session, id: sha256(session.id) }),
    updateSessionExpiration: (sessionId, expiresAt) =>
      stored.updateSessionExpiration(sha256(sessionId), expiresAt),
    deleteSession: (sessionId) => stored.deleteSession(sha256(sessionId)),
    deleteUserSessions: (userId) => stored.deleteUserSessions(userId),
    deleteExpiredSessions: () => stored.deleteExpiredSessions(),
  };
}
