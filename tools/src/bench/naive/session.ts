import { createHash } from "node:crypto";
import type { Db } from "@tintype/db/client";
import { sessions, users } from "@tintype/db/schema";
import { eq } from "drizzle-orm";

/** Who asks: looked up for every request. */
export async function userOf(db: Db, cookieHeader: string | null): Promise<string | null> {
  const sessionId = /tintype_session=([^;]+)/.exec(cookieHeader ?? "")?.[1];
  if (sessionId === undefined) return null;
  const id = createHash("sha256").update(sessionId).digest("hex");
  const [row] = await db
    .select({ userId: users.id, expiresAt: sessions.expiresAt })
    .from(sessions)
    .innerJoin(users, eq(sessions.userId, users.id))
    .where(eq(sessions.id, id));
  return row && row.expiresAt > new Date() ? row.userId : null;
}
