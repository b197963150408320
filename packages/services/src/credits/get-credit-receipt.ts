import { type CreditReceipt, costOf, type ReceiptEntryView } from "@tintype/core/history";
import { DomainError } from "@tintype/core/problems";
import type { Tx } from "@tintype/db/client";
import { creditEntries, creditEvents, creditGrants, generationJobs } from "@tintype/db/schema";
import { and, asc, eq } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { costOfJob, toEntryView } from "../jobs/get-receipt.ts";
import { readAsUser } from "../read-as-user.ts";
import { historyColumns, jobOfEvent } from "./history-lines.ts";

/**
 * Everything about one event: which grants it moved and where they are today, whose doing it was, and for a job
 * what it was to cost and what came of it.
 * @throws DomainError not_found, also for an event of somebody else
 */
export async function getCreditReceipt(
  ctx: ServiceContext<UserActor>,
  { seq }: { seq: number },
): Promise<CreditReceipt> {
  const { userId } = ctx.actor;
  // All at once: the three leave in one message, and what is not theirs is found by none of them.
  const [lines, jobs, jobEvents] = await readAsUser(ctx, (tx) =>
    Promise.all([
      readLines(tx, userId, seq),
      readJob(tx, userId, seq),
      readJobEvents(tx, userId, seq),
    ]),
  );
  const [line] = lines;
  if (!line) throw new DomainError({ code: "not_found" });
  const [job] = jobs;
  return {
    event: line.event,
    actor: line.actor,
    entries: lines.map(({ entry, grant }) => toReceiptEntry(entry, grant)),
    job: job ? costOfJob(job) : null,
    jobEvents,
  };
}

const isEvent = (userId: string, seq: number) =>
  and(eq(creditEvents.userId, userId), eq(creditEvents.seq, seq));

const readLines = (tx: Tx, userId: string, seq: number) =>
  tx
    .select({
      event: historyColumns,
      actor: creditEvents.actorKind,
      entry: creditEntries,
      grant: creditGrants,
    })
    .from(creditEvents)
    .leftJoin(generationJobs, jobOfEvent(userId))
    .innerJoin(
      creditEntries,
      and(eq(creditEntries.userId, userId), eq(creditEntries.eventSeq, creditEvents.seq)),
    )
    .innerJoin(
      creditGrants,
      and(eq(creditGrants.userId, userId), eq(creditGrants.id, creditEntries.grantId)),
    )
    .where(isEvent(userId, seq))
    .orderBy(asc(creditEntries.line))
    .prepare("receipt_of_event")
    .execute();

async function readJob(tx: Tx, userId: string, seq: number) {
  const rows = await tx
    .select({ job: generationJobs })
    .from(creditEvents)
    .innerJoin(generationJobs, jobOfEvent(userId))
    .where(isEvent(userId, seq))
    .prepare("job_of_event")
    .execute();
  return rows.map(({ job }) => job);
}

function readJobEvents(tx: Tx, userId: string, seq: number) {
  const jobOf = tx
    .select({ jobId: creditEvents.jobId })
    .from(creditEvents)
    .where(isEvent(userId, seq));
  return tx
    .select({ seq: creditEvents.seq, kind: creditEvents.kind, createdAt: creditEvents.createdAt })
    .from(creditEvents)
    .where(and(eq(creditEvents.userId, userId), eq(creditEvents.jobId, jobOf)))
    .orderBy(asc(creditEvents.seq))
    .prepare("events_of_job")
    .execute();
}

function toReceiptEntry(
  entry: typeof creditEntries.$inferSelect,
  grant: typeof creditGrants.$inferSelect,
): ReceiptEntryView {
  const { category, currency, issuedSeq, createdAt: issuedAt } = grant;
  const { available, held, spent, expired, frozen, reversed, owed } = grant;
  return {
    ...toEntryView(entry, grant),
    category,
    costCents: costOf(entry.amount, grant),
    currency,
    issuedSeq,
    issuedAt,
    today: { available, held, spent, expired, frozen, reversed, owed },
  };
}
