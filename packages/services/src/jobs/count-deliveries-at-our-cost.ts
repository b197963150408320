import { generationJobs } from "@tintype/db/schema";
import { and, eq, gt, isNotNull, or, sql } from "drizzle-orm";
import type { ServiceContext } from "../context.ts";

export type DeliveriesAtOurCost = {
  /** Delivered after the deadline, when the credits were back with the user. */
  late: number;
  /** More delivered than was asked for and held. */
  larger: number;
  /** What all of these would have cost beyond what was charged. */
  credits: number;
};

/** What we gave away, for the operator to see: a provider that is often late or long is a price to correct. */
export async function countDeliveriesAtOurCost({
  db,
}: Pick<ServiceContext, "db">): Promise<DeliveriesAtOurCost> {
  const job = generationJobs;
  const worth = sql`credits_for(${job.deliveredUnits}, ${job.milliCreditsPerUnit}, ${job.multiplierPercent})`;
  const [counted] = await db
    .select({
      late: sql`count(*) filter (where ${job.failureCode} is not null)`.mapWith(Number),
      larger: sql`count(*) filter (where ${job.failureCode} is null)`.mapWith(Number),
      credits: sql`coalesce(sum(${worth} - ${job.chargedCredits}), 0)`.mapWith(Number),
    })
    .from(job)
    .where(
      and(
        eq(job.status, "completed"),
        or(isNotNull(job.failureCode), gt(job.deliveredUnits, job.units)),
      ),
    );
  return counted ?? { late: 0, larger: 0, credits: 0 };
}
