import type { JobView } from "@tintype/core/jobs";
import { DomainError } from "@tintype/core/problems";
import type { Db, Tx } from "@tintype/db/client";
import { type GenerationJobRow, generationJobs } from "@tintype/db/schema";
import { and, eq } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { readAsUser } from "../read-as-user.ts";
import { toJobViews, withFiles } from "./job-views.ts";

type JobId = { jobId: string };

/** @throws DomainError job_not_found, also for the job of somebody else */
export async function getJob(ctx: ServiceContext<UserActor>, { jobId }: JobId): Promise<JobView> {
  const { userId } = ctx.actor;
  const jobs = await readAsUser(ctx, async (tx) => {
    const row = await findJobRow(tx, userId, jobId);
    return withFiles(tx, userId, row ? [row] : []);
  });
  const [view] = await toJobViews(ctx, jobs);
  if (!view) throw new DomainError({ code: "job_not_found", jobId });
  return view;
}

export async function findJobRow(
  db: Db | Tx,
  userId: string,
  jobId: string,
): Promise<GenerationJobRow | undefined> {
  const [row] = await db
    .select()
    .from(generationJobs)
    .where(and(eq(generationJobs.userId, userId), eq(generationJobs.id, jobId)))
    .prepare("job_of_user")
    .execute();
  return row;
}
