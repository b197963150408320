import type { Locale } from "@tintype/core/auth";
import type { Tx } from "@tintype/db/client";
import { userPreferences, users } from "@tintype/db/schema";
import { eq, sql } from "drizzle-orm";

type Addressee = { userId: string; to: string; locale: Locale; wantsNotices: boolean };

/** To whom a letter goes, in which language, and whether letters that one may do without are wanted. */
export async function readAddressee(tx: Tx, userId: string): Promise<Addressee> {
  const [user] = await tx
    .select({
      ...{ to: users.email, locale: users.locale },
      wantsNotices: sql<boolean>`coalesce(${userPreferences.emailNotifications}, true)`,
    })
    .from(users)
    .leftJoin(userPreferences, eq(userPreferences.userId, users.id))
    .where(eq(users.id, userId));
  if (!user) throw new Error(`user ${userId} has a wallet and no account`);
  return { userId, ...user };
}
