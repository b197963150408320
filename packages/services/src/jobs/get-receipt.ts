import type { CreditEntryView, JobReceipt } from "@tintype/core/jobs";
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
import { historyColumns } from "../credits/list-history.ts";
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
  for (const { event, entry, expiresAt } of lines) {
    const known = events.get(event.seq) ?? { ...event, source: null, entries: [] };
    events.set(event.seq, known);
    known.entries.push(toEntryView(entry, event.source, expiresAt));
  }
  return { ...headOf(job), events: [...events.values()] };
}

/** Every transfer that the job's events made, in the order in which they happened. */
const linesOf = (tx: Tx, userId: string, jobId: string) =>
  tx
    .select({ event: historyColumns, entry: creditEntries, expiresAt: creditGrants.expiresAt })
    .from(creditEvents)
    .innerJoin(
      generationJobs,
      and(eq(generationJobs.userId, userId), eq(generationJobs.id, creditEvents.jobId)),
    )
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

function toEntryView(
  entry: typeof creditEntries.$inferSelect,
  source: CreditEntryView["source"],
  expiresAt: Date | null,
): CreditEntryView {
  const { grantId, amount, fromAccount, toAccount } = entry;
  return { grantId, source, expiresAt, amount, from: fromAccount, to: toAccount };
}

function headOf(job: GenerationJobRow): Omit<JobReceipt, "events"> {
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
  };
}
