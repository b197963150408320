import type { CreditEntryView, JobCost, JobReceipt } from "@tintype/core/history";
import { DomainError } from "@tintype/core/problems";
import type { Tx } from "@tintype/db/client";
import {
  creditEntries,
  creditEvents,
  creditGrants,
  type GenerationJobRow,
  generationJobs,
} from "@tintype/db/schema";
import { and, asc, eq } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { historyColumns, jobOfEvent } from "../credits/history-lines.ts";
import { readAsUser } from "../read-as-user.ts";
import { findJobRow } from "./get-job.ts";

/** Which grants paid for a job, what was quoted and what came back. Explains every credit it touched. */
export async function getReceipt(
  ctx: ServiceContext<UserActor>,
  { jobId }: { jobId: string },
): Promise<JobReceipt> {
  const { userId } = ctx.actor;
  // Both at once: they leave in one message, and a job that is not theirs has no lines either.
  const [job, lines] = await readAsUser(ctx, (tx) =>
    Promise.all([findJobRow(tx, userId, jobId), linesOf(tx, userId, jobId)]),
  );
  if (!job) throw new DomainError({ code: "job_not_found", jobId });

  const events = new Map<number, JobReceipt["events"][number]>();
  for (const { event, entry, grant } of lines) {
    const known = events.get(event.seq) ?? { ...event, entries: [] };
    events.set(event.seq, known);
    known.entries.push(toEntryView(entry, grant));
  }
  return { ...costOfJob(job), events: [...events.values()] };
}

/** Every transfer that the job's events made, in the order in which they happened. */
const linesOf = (tx: Tx, userId: string, jobId: string) =>
  tx
    .select({
      event: historyColumns,
      entry: creditEntries,
      grant: { source: creditGrants.source, expiresAt: creditGrants.expiresAt },
    })
    .from(creditEvents)
    .innerJoin(generationJobs, jobOfEvent(userId))
    .innerJoin(
      creditEntries,
      and(eq(creditEntries.userId, userId), eq(creditEntries.eventSeq, creditEvents.seq)),
    )
    .innerJoin(
      creditGrants,
      and(eq(creditGrants.userId, userId), eq(creditGrants.id, creditEntries.grantId)),
    )
    .where(and(eq(creditEvents.userId, userId), eq(creditEvents.jobId, jobId)))
    .orderBy(asc(creditEvents.seq), asc(creditEntries.line))
    .prepare("receipt_of_job")
    .execute();

export function toEntryView(
  { grantId, amount, fromAccount, toAccount }: typeof creditEntries.$inferSelect,
  { source, expiresAt }: Pick<CreditEntryView, "source" | "expiresAt">,
): CreditEntryView {
  return { grantId, source, expiresAt, amount, from: fromAccount, to: toAccount };
}

/** What a job was to cost and what came of it. */
export function costOfJob(job: GenerationJobRow): JobCost {
  const { unit, units, milliCreditsPerUnit, multiplierPercent, credits } = job;
  const charged = job.chargedCredits ?? 0;
  return {
    jobId: job.id,
    status: job.status,
    breakdown: { unit, units, milliCreditsPerUnit, multiplierPercent, credits },
    held: credits,
    charged,
    released: job.chargedCredits === null ? 0 : credits - charged,
    deliveredUnits: job.deliveredUnits,
    failureCode: job.failureCode,
  };
}
