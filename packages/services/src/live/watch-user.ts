import { type JobView, unfinishedJobStatuses } from "@tintype/core/jobs";
import type { LiveEvent, WatchInput } from "@tintype/core/live";
import { billingStateOfUser } from "@tintype/db/credit-functions";
import { generationJobs } from "@tintype/db/schema";
import { and, desc, eq, gt, inArray, or } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { getBalance } from "../credits/get-balance.ts";
import { toJobViews, withFiles } from "../jobs/job-views.ts";
import { readAsUser } from "../read-as-user.ts";

/** The floor below the signals: a lost NOTIFY costs no more than this. */
const POLL_MS = { busy: 2_000, idle: 15_000 };
/** Ended jobs are sent again for this long, so that a browser that reconnects has missed nothing. */
const RECENT_MS = 5 * 60_000;
const JOBS_WATCHED = 50;
/** No job is unfinished for so much longer than its deadline: who has had thousands need not have them all read. */
const SLACK_MS = 24 * 3_600_000;

export type Watched = Pick<WatchInput, "include">;

/**
 * The user's unfinished and just ended jobs, the balance and, if asked for, the version of their billing: first as they
 * are, then whenever they change. Every message is a state, never a difference, so losing or repeating one does no harm.
 * Nothing is sent once `signal` is aborted.
 */
export async function* watchUser(
  ctx: ServiceContext<UserActor>,
  signal: AbortSignal,
  { include }: Watched = { include: [] },
): AsyncGenerator<LiveEvent> {
  const wakeUp = new WakeUp(signal);
  const unsubscribe = ctx.signals.onUserChanged(ctx.actor.userId, () => wakeUp.wake());
  const seen = new Map<string, string>();
  try {
    while (!signal.aborted) {
      wakeUp.arm();
      const states = await readStates(ctx, include);
      for (const event of states) {
        const [key, state] = identity(event);
        if (seen.get(key) === state) continue;
        // Looked at before each message: the reader may take its time between two of them.
        if (signal.aborted) return;
        seen.set(key, state);
        yield event;
      }
      const busy = states.some((each) => each.type === "job" && each.job.finishedAt === null);
      await wakeUp.wait(busy ? POLL_MS.busy : POLL_MS.idle);
    }
  } finally {
    unsubscribe();
  }
}

async function readStates(
  ctx: ServiceContext<UserActor>,
  include: WatchInput["include"],
): Promise<LiveEvent[]> {
  const { userId } = ctx.actor;
  const [jobs, balance, version] = await Promise.all([
    recentJobs(ctx),
    getBalance(ctx),
    include.includes("billing") ? billingStateOfUser(ctx.db, { userId }) : null,
  ]);
  return [
    ...jobs.map((job): LiveEvent => ({ type: "job", job })),
    { type: "balance", balance },
    ...(version === null ? [] : [{ type: "billing", version } satisfies LiveEvent]),
  ];
}

/** What it is about, and the state of it that the browser already has or has not. */
function identity(event: LiveEvent): [key: string, state: string] {
  switch (event.type) {
    case "balance":
      // Credits expire by the clock alone, without a new version.
      return ["balance", `${event.balance.version}/${event.balance.available}`];
    case "billing":
      return ["billing", event.version];
    case "job":
      return [event.job.id, `${event.job.version}/${event.job.queuePosition}`];
  }
}

async function recentJobs(ctx: ServiceContext<UserActor>): Promise<JobView[]> {
  const { userId, status, finishedAt, createdAt } = generationJobs;
  const { image, video } = ctx.config.deadlineSeconds;
  const now = ctx.now().getTime();
  const recently = new Date(now - RECENT_MS);
  const oldest = new Date(now - Math.max(image, video) * 1_000 - SLACK_MS);
  const jobs = await readAsUser(ctx, async (tx) => {
    const rows = await tx
      .select()
      .from(generationJobs)
      .where(
        and(
          eq(userId, ctx.actor.userId),
          gt(createdAt, oldest),
          or(inArray(status, [...unfinishedJobStatuses]), gt(finishedAt, recently)),
        ),
      )
      .orderBy(desc(createdAt))
      .limit(JOBS_WATCHED)
      .prepare("recent_jobs_of_user")
      .execute();
    return withFiles(tx, ctx.actor.userId, rows);
  });
  return toJobViews(ctx, jobs);
}

/** Waits for a signal, a timeout or the end of the subscription, whichever is first. */
class WakeUp {
  #woken = Promise.withResolvers<void>();
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", () => this.wake(), { once: true });
  }

  /** From here on a signal counts, even one that comes while the state is being read. */
  arm(): void {
    this.#woken = Promise.withResolvers();
    if (this.#signal.aborted) this.wake();
  }

  wake(): void {
    this.#woken.resolve();
  }

  async wait(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => this.wake(), timeoutMs);
    await this.#woken.promise;
    clearTimeout(timer);
  }
}
