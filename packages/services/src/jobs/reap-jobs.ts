import { type Reaped, reapJob } from "@tintype/db/job-functions";
import type { ServiceContext, SystemActor } from "../context.ts";

/** More than this in one round means trouble; the next round goes on. */
const JOBS_PER_ROUND = 100;

/**
 * Gives jobs of silent workers to others and ends jobs past their deadline, refunding them. A job that cannot
 * be ended is reported as `stuck`, for a person to look at, and does not keep the others waiting.
 * Any number of processes may do this at once, each with leave (`leaveToReap`).
 * @param blamelessUntil a lease that had lapsed by then costs its job no attempt
 * @returns what was done
 */
export async function reapJobs(
  ctx: ServiceContext<SystemActor>,
  blamelessUntil: Date | null = null,
): Promise<Reaped[]> {
  const reaped: Reaped[] = [];
  const skip: string[] = [];
  while (reaped.length < JOBS_PER_ROUND) {
    const next = await reapJob(ctx.db, { skip, now: ctx.now(), blamelessUntil });
    if (!next) break;
    reaped.push(next);
    if (next.outcome === "stuck") skip.push(next.jobId);
    else ctx.signals.userChanged(next.userId);
  }
  if (reaped.some(({ outcome }) => outcome === "requeued")) ctx.signals.jobQueued();
  return reaped;
}
