import type { JobView } from "@tintype/core/jobs";
import { DomainError } from "@tintype/core/problems";
import { readJobDescription } from "@tintype/db/job-description";
import { cancelJob as cancelFunction } from "@tintype/db/job-functions";
import type { ServiceContext, UserActor } from "../context.ts";
import { describedJobView } from "./job-views.ts";

/**
 * Ends a waiting job at once and for nothing; asks the worker to stop a running one, which then costs what
 * its price row says. Asking twice is fine.
 * @throws DomainError job_not_found, job_already_ended
 */
export async function cancelJob(
  ctx: ServiceContext<UserActor>,
  { jobId }: { jobId: string },
): Promise<JobView> {
  const { userId } = ctx.actor;
  const result = await cancelFunction(ctx.db, { userId, jobId, now: ctx.now() });
  if (result.outcome === "not_found") throw new DomainError({ code: "job_not_found", jobId });
  if (result.outcome === "already_ended") {
    throw new DomainError({ code: "job_already_ended", jobId });
  }
  ctx.signals.userChanged(userId);
  return describedJobView(ctx, readJobDescription(result));
}
