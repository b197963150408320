import { type BillingNews, isOptionalNews } from "@tintype/core/billing-news";
import type { Tx } from "@tintype/db/client";
import { userPreferences, users } from "@tintype/db/schema";
import { eq, sql } from "drizzle-orm";
import type { ServiceContext } from "../context.ts";

/**
 * A step: puts the letters about what has changed into the outbox of the transaction that has changed it, so they
 * leave if, and only if, it has. Letters about money always come; the others as the user has chosen.
 */
export async function postNews(
  { mail }: Pick<ServiceContext, "mail">,
  tx: Tx,
  userId: string,
  news: readonly BillingNews[],
): Promise<void> {
  if (news.length === 0) return;
  const [reader] = await tx
    .select({
      to: users.email,
      locale: users.locale,
      timeZone: sql<string>`coalesce(${userPreferences.timeZone}, 'UTC')`,
      wantsAll: sql<boolean>`coalesce(${userPreferences.emailNotifications}, true)`,
    })
    .from(users)
    .leftJoin(userPreferences, eq(userPreferences.userId, users.id))
    .where(eq(users.id, userId))
    .prepare("reader_of_news")
    .execute();
  if (!reader) throw new Error(`there is news of money for ${userId}, who has no account`);
  const { wantsAll, ...address } = reader;
  for (const each of news) {
    if (!wantsAll && isOptionalNews(each)) continue;
    await mail.enqueue(tx, { userId, ...address, ...each });
  }
}
