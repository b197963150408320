import type { Db } from "@tintype/db/client";
import { generationJobs, jobLanes } from "@tintype/db/schema";
import { and, asc, eq, isNotNull, ne, sql } from "drizzle-orm";

/** Beyond this many waiting users the position is no longer counted exactly. */
const LANES_COUNTED = 1_000;

/**
 * Places in line of a user's queued jobs, 1 = next. Users take turns, so in front of a user's n-th job stand
 * at most n jobs of every other user, however many those have queued.
 */
export async function queuePositions(db: Db, userId: string): Promise<Map<string, number>> {
  const mine = await db
    .select({ id: generationJobs.id })
    .from(generationJobs)
    .where(and(eq(generationJobs.userId, userId), eq(generationJobs.status, "queued")))
    .orderBy(asc(generationJobs.availableAt), asc(generationJobs.id))
    .limit(100);
  if (mine.length === 0) return new Map();

  const others = await db
    .select({
      // Tables are named by hand: drizzle would write both columns as "user_id", which is then its own equal.
      queued: sql<number>`(select count(*)::integer from (select 1 from ${generationJobs} where ${generationJobs}.user_id = ${jobLanes}.user_id and ${generationJobs}.status = 'queued' limit ${mine.length}) as front)`,
    })
    .from(jobLanes)
    .where(and(isNotNull(jobLanes.nextDueAt), ne(jobLanes.userId, userId)))
    .limit(LANES_COUNTED);
  return new Map(
    mine.map(({ id }, index) => {
      const ahead = others.reduce((sum, { queued }) => sum + Math.min(queued, index + 1), 0);
      return [id, ahead + index + 1];
    }),
  );
}
