import type { ProgressStage } from "@tintype/core/generation";
import { type Fence, heartbeatJob } from "@tintype/db/job-functions";
import type { ServiceContext, SystemActor } from "../context.ts";

/** A progress report renews the lease as well, but not more often than this. */
const PROGRESS_EVERY_MS = 500;

export type LeaseEnd = "cancel" | "lost" | "silent";
export type JobLease = {
  /**
   * Aborted with the reason `cancel` (the user's wish), `lost` (another worker may have it) or `silent` (the database
   * has not answered for a lease: it may be ours still).
   */
  signal: AbortSignal;
  report: (percent: number, stage: ProgressStage) => void;
  /** Stops renewing and waits for a heartbeat that is still under way. */
  close: () => Promise<void>;
};

/**
 * Keeps a claimed job: renews its lease on a clock, on progress and whenever the user's jobs have changed, so
 * that a cancel is heard at once. A database that does not answer costs the lease, not the job: the reaper gives it
 * to another worker, unless we give it back before, and the fence refuses ours.
 */
export function holdLease(
  ctx: ServiceContext<SystemActor>,
  fence: Fence,
  heartbeatSeconds: number,
): JobLease {
  const ended = new AbortController();
  let progress = 0;
  let stage: ProgressStage | null = null;
  let lastBeat = Promise.resolve();
  let beating = false;
  let asked = false;
  let reportedAt = 0;
  let leaseUntil = ctx.now().getTime() + ctx.config.leaseSeconds * 1_000;

  const beat = async () => {
    const now = ctx.now();
    const end = await heartbeatJob(ctx.db, {
      ...fence,
      leaseSeconds: ctx.config.leaseSeconds,
      progress,
      stage,
      now,
    }).catch(() => (ctx.now().getTime() > leaseUntil ? ("silent" as const) : null));
    if (end === "ok") leaseUntil = now.getTime() + ctx.config.leaseSeconds * 1_000;
    else if (end !== null) ended.abort(end);
  };
  /** Whoever asks while a beat is under way gets another: the first may have missed their news. */
  const beatWhileAsked = async () => {
    beating = true;
    while (asked && !ended.signal.aborted) {
      asked = false;
      await beat();
    }
    beating = false;
  };
  const beatOnce = () => {
    asked = true;
    if (!beating) lastBeat = beatWhileAsked();
  };

  const timer = setInterval(beatOnce, heartbeatSeconds * 1_000);
  const unsubscribe = ctx.signals.onUserChanged(fence.userId, beatOnce);
  return {
    signal: ended.signal,
    report: (percent, newStage) => {
      progress = Math.max(progress, Math.min(99, Math.round(percent)));
      stage = newStage;
      const now = ctx.now().getTime();
      if (now - reportedAt < PROGRESS_EVERY_MS) return;
      reportedAt = now;
      beatOnce();
      void lastBeat.then(() => ctx.signals.userChanged(fence.userId));
    },
    close: async () => {
      clearInterval(timer);
      unsubscribe();
      asked = false;
      await lastBeat;
    },
  };
}
