import type { Page } from "@tintype/core/assets";
import type { JobView, ListJobsInput } from "@tintype/core/jobs";
import { generationJobs } from "@tintype/db/schema";
import { and, desc, eq, sql } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { decodeKeyset, encodeKeyset, toPage } from "../keyset.ts";
import { readAsUser } from "../read-as-user.ts";
import { toJobViews, withFiles } from "./job-views.ts";

/** The user's jobs, newest first. */
export async function listJobs(
  ctx: ServiceContext<UserActor>,
  { kind, status, cursor, limit }: ListJobsInput,
): Promise<Page<JobView>> {
  const { userId, createdAt, id } = generationJobs;
  const after = cursor === undefined ? undefined : decodeKeyset(cursor);
  const jobs = await readAsUser(ctx, async (tx) => {
    const rows = await tx
      .select()
      .from(generationJobs)
      .where(
        and(
          eq(userId, ctx.actor.userId),
          kind && eq(generationJobs.kind, kind),
          status && eq(generationJobs.status, status),
          after &&
            sql`(${createdAt}, ${id}) < (${after.createdAt.toISOString()}::timestamptz, ${after.id}::uuid)`,
        ),
      )
      .orderBy(desc(createdAt), desc(id))
      .limit(limit + 1)
      .prepare("jobs_of_user")
      .execute();
    return withFiles(tx, ctx.actor.userId, rows);
  });
  const shown = { ...jobs, rows: jobs.rows.slice(0, limit) };
  return toPage(jobs.rows, limit, encodeKeyset, await toJobViews(ctx, shown));
}
