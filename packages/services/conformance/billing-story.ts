import type { BillingEvent } from "@tintype/core/billing-events";
import { claimJob, completeJob, failJob } from "@tintype/db/job-functions";
import { creditGrants, plans, wallets } from "@tintype/db/schema";
import { and, asc, eq, gt } from "drizzle-orm";
import { beforeAll } from "vitest";
import { bookBillingEvents } from "../src/billing/book-billing-events.ts";
import { grantDueAllowances } from "../src/billing/grant-due-allowances.ts";
import type { ServiceContext, UserActor } from "../src/context.ts";
import { sweepExpiredCredits } from "../src/credits/expire-credits.ts";
import { submitJob } from "../src/jobs/submit-job.ts";
import { imageRequest, useTestServices } from "../src/testing.ts";
import { eventsOf } from "./provider-events.ts";

export type Customer = ServiceContext<UserActor>;

export const days = (count: number): number => count * 86_400_000;
export const later = (time: Date, milliseconds: number): Date =>
  new Date(time.getTime() + milliseconds);

/** Plans of round numbers: what they give each month says which is which. */
const testPlans = [
  { code: "small", interval: "month", allowanceCredits: 100 },
  { code: "medium", interval: "month", allowanceCredits: 300 },
  { code: "large", interval: "month", allowanceCredits: 500 },
  { code: "huge", interval: "month", allowanceCredits: 1_000 },
  { code: "tiny_year", interval: "year", allowanceCredits: 10 },
  { code: "small_year", interval: "year", allowanceCredits: 100 },
  { code: "large_year", interval: "year", allowanceCredits: 500 },
] as const;

/** The services, with round plans, and a provider whose every event is applied in a transaction of its own. */
export function useBillingStory(options: { maxConnections?: number } = {}) {
  const services = useTestServices(options);
  const { clock, parts, workerContext } = services;
  beforeAll(async () => {
    await parts.database.db.insert(plans).values(
      testPlans.map((plan, index) => ({
        ...plan,
        name: plan.code,
        priceCents: 1_000,
        currency: "usd",
        position: 100 + index,
      })),
    );
  });

  const tell = async (...events: BillingEvent[]) => {
    for (const event of events) {
      await parts.database.db.transaction((tx) => bookBillingEvents(workerContext(), tx, [event]));
    }
  };
  return {
    ...services,
    tell,
    /** Moves the clock forward to a time; the schedule then does what it would have done. */
    until: async (time: Date) => {
      clock.advanceSeconds((time.getTime() - clock.now().getTime()) / 1_000);
      await sweepExpiredCredits(workerContext());
      await grantDueAllowances(workerContext());
    },
    customer: async () => {
      const ctx = await services.userWithCredits(0);
      return { ctx, events: eventsOf(ctx.actor.userId) };
    },
    /** A job of 5 credits that runs until the test ends it. */
    startJob: async (ctx: Customer) => {
      await submitJob(ctx, await imageRequest(ctx));
      const job = await claimJob(ctx.db, {
        workerId: "w",
        concurrency: 2,
        leaseSeconds: 15,
        now: clock.now(),
      });
      if (!job) throw new Error("nothing to claim");
      const { userId, jobId, attempt } = job;
      const fence = { userId, jobId, attempt, workerId: "w" };
      const failure = {
        failureCode: "provider_failed",
        retryable: false,
        backoffSeconds: 0,
      } as const;
      return {
        complete: () =>
          completeJob(ctx.db, { ...fence, deliveredUnits: 1, outputs: [], now: clock.now() }),
        fail: () => failJob(ctx.db, { ...fence, ...failure, now: clock.now() }),
      };
    },
  };
}

export async function balanceOf(ctx: Customer) {
  const [wallet] = await ctx.db
    .select({ available: wallets.available, held: wallets.held, owed: wallets.owed })
    .from(wallets)
    .where(eq(wallets.userId, ctx.actor.userId));
  return wallet;
}

/** What may be spent, by origin: "rollover 100 until 2026-08-01T00:00:00.000Z". */
export async function bucketsOf(ctx: Customer): Promise<string[]> {
  const rows = await ctx.db
    .select()
    .from(creditGrants)
    .where(and(eq(creditGrants.userId, ctx.actor.userId), gt(creditGrants.available, 0)))
    .orderBy(asc(creditGrants.expiresAt), asc(creditGrants.issuedSeq));
  return rows.map(({ source, available, expiresAt }) =>
    expiresAt
      ? `${source} ${available} until ${expiresAt.toISOString()}`
      : `${source} ${available}`,
  );
}
