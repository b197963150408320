import type { DatabaseClock } from "@tintype/db/clock/database-clock";
import type { Logger } from "@tintype/integrations/process/logger";
import type { ServiceContext, SystemActor } from "@tintype/services/context";
import { leaveToReap } from "@tintype/services/jobs/leave-to-reap";
import { reapJobs } from "@tintype/services/jobs/reap-jobs";

export type Reaper = {
  /** One round, if there is leave to. */
  run: () => Promise<void>;
  /** In Prometheus' text format. */
  render: () => string;
};

const outcomes = ["requeued", "failed", "cancelled", "stuck"] as const;

/** Looks after jobs that nobody else will, as long as this process can be sure what time it is. */
export function createReaper(
  ctx: ServiceContext<SystemActor>,
  clock: Pick<DatabaseClock, "read">,
  logger: Logger,
): Reaper {
  const counts = new Map<string, number>();
  const leave = () => leaveToReap(clock.read(), ctx.config.leaseSeconds);
  return {
    async run() {
      const found = leave();
      if (!found.mayReap) return;
      for (const reaped of await reapJobs(ctx, found.blamelessUntil)) {
        counts.set(reaped.outcome, (counts.get(reaped.outcome) ?? 0) + 1);
        if (reaped.outcome === "stuck")
          logger.error(reaped, "job can be neither ended nor refunded");
        else logger.warn(reaped, "job was reaped");
      }
    },
    render() {
      const found = leave();
      const because = found.mayReap ? null : found.because;
      const paused = (reason: typeof because) =>
        `tintype_reaping_paused{reason="${reason}"} ${because === reason ? 1 : 0}`;
      return [
        "# HELP tintype_reaping_paused 1: no job is taken from a silent worker or ended at its deadline by this worker.",
        "# TYPE tintype_reaping_paused gauge",
        paused("clock"),
        paused("outage"),
        "# TYPE tintype_jobs_reaped_total counter",
        ...outcomes.map(
          (each) => `tintype_jobs_reaped_total{outcome="${each}"} ${counts.get(each) ?? 0}`,
        ),
        "",
      ].join("\n");
    },
  };
}
