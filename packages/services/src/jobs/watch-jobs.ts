import {
  type BalanceView,
  type JobView,
  type JobWatchEvent,
  unfinishedJobStatuses,
} from "@tintype/core/jobs";
import { generationJobs } from "@tintype/db/schema";
import { and, desc, eq, gt, inArray, or } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { getBalance } from "../credits/get-balance.ts";
import { readAsUser } from "../read-as-user.ts";
import { toJobViews, withFiles } from "./job-views.ts";

/** The floor below the signals: a lost NOTIFY costs no more than this. */
const POLL_MS = { busy: 2_000, idle: 15_000 };
/** Ended jobs are sent again for this long, so that a browser that reconnects has missed nothing. */
const RECENT_MS = 5 * 60_000;
const JOBS_WATCHED = 50;
/** No job is unfinished for so much longer than its deadline: who has had thousands need not have them all read. */
const SLACK_MS = 24 * 3_600_000;

/**
 * The user's unfinished and just ended jobs and the balance: first as they are, then whenever they change.
 * Every message is a state, never a difference, so losing or repeating one does no harm.
 */
export async function* watchJobs(
  ctx: ServiceContext<UserActor>,
  signal: AbortSignal,
): AsyncGenerator<JobWatchEvent> {
  const wakeUp = new WakeUp(signal);
  const unsubscribe = ctx.signals.onUserChanged(ctx.actor.userId, () => wakeUp.wake());
  const seen = new Map<string, string>();
  try {
    while (!signal.aborted) {
      wakeUp.arm();
      const [jobs, balance] = await Promise.all([recentJobs(ctx), getBalance(ctx)]);
      for (const event of [...jobs.map(jobEvent), balanceEvent(balance)]) {
        const [key, state] = identity(event);
        if (seen.get(key) === state) continue;
        seen.set(key, state);
        yield event;
      }
      const busy = jobs.some(({ finishedAt }) => finishedAt === null);
      await wakeUp.wait(busy ? POLL_MS.busy : POLL_MS.idle);
    }
  } finally {
    unsubscribe();
  }
}

const jobEvent = (job: JobView): JobWatchEvent => ({ type: "job", job });
const balanceEvent = (balance: BalanceView): JobWatchEvent => ({ type: "balance", balance });

/** What it is about, and the state of it that the browser already has or has not. */
function identity(event: JobWatchEvent): [key: string, state: string] {
  if (event.type === "balance") {
    // Credits expire by the clock alone, without a new version.
    const { version, available } = event.balance;
    return ["balance", `${version}/${available}`];
  }
  const { id, version, queuePosition } = event.job;
  return [id, `${version}/${queuePosition}`];
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
