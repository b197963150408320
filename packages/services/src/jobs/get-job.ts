import type { JobView } from "@tintype/core/jobs";
import { DomainError } from "@tintype/core/problems";
import type { Db } from "@tintype/db/client";
import { type GenerationJobRow, generationJobs } from "@tintype/db/schema";
import { and, eq } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { toJobViews } from "./job-views.ts";

type JobId = { jobId: string };

/** @throws DomainError job_not_found, also for the job of somebody else */
export async function getJob(ctx: ServiceContext<UserActor>, { jobId }: JobId): Promise<JobView> {
  const row = await findJobRow(ctx.db, ctx.actor.userId, jobId);
  const [view] = row ? await toJobViews(ctx, [row]) : [];
  if (!view) throw new DomainError({ code: "job_not_found", jobId });
  return view;
}

export async function findJobRow(
  db: Db,
  userId: string,
  jobId: string,
): Promise<GenerationJobRow | undefined> {
  const [row] = await db
    .select()
    .from(generationJobs)
    .where(and(eq(generationJobs.userId, userId), eq(generationJobs.id, jobId)));
  return row;
}
