import { failedPayments, renewals, webhookEvents } from "@tintype/db/schema";
import { and, eq, inArray, isNotNull, isNull, lt } from "drizzle-orm";
import type { ServiceContext, SystemActor } from "../context.ts";

const DAY_MS = 86_400_000;
/** What an event said names people and what they bought; after this time it is only needed by nobody. */
export const PAYLOAD_DAYS = 90;
/** The provider sends nothing again after 30 days; behind the inbox stand the business keys, for ever. */
export const EVENT_DAYS = 400;
const ROWS_PER_SWEEP = 1_000;

/** For the schedule. @returns how many rows it has changed; again when it was as many as one round takes */
export async function sweepWebhooks(ctx: ServiceContext<SystemActor>): Promise<number> {
  const before = (days: number) => new Date(ctx.now().getTime() - days * DAY_MS);
  const { db } = ctx;
  const old = db
    .select({ id: webhookEvents.id })
    .from(webhookEvents)
    .where(
      and(isNotNull(webhookEvents.payload), lt(webhookEvents.processedAt, before(PAYLOAD_DAYS))),
    )
    .limit(ROWS_PER_SWEEP);
  const emptied = await db
    .update(webhookEvents)
    .set({ payload: null })
    .where(inArray(webhookEvents.id, old))
    .returning({ id: webhookEvents.id });

  const forgotten = db
    .select({ id: webhookEvents.id })
    .from(webhookEvents)
    .where(lt(webhookEvents.processedAt, before(EVENT_DAYS)))
    .limit(ROWS_PER_SWEEP);
  const deleted = await db
    .delete(webhookEvents)
    .where(inArray(webhookEvents.id, forgotten))
    .returning({ id: webhookEvents.id });

  // Invoices that were paid at once are only kept for a failure that might be told late.
  const paidAtOnce = await db
    .delete(failedPayments)
    .where(
      and(eq(failedPayments.retryCount, 0), lt(failedPayments.resolvedAt, before(PAYLOAD_DAYS))),
    )
    .returning({ reference: failedPayments.invoiceReference });
  // An event that comes later asks for its invoice once more, and finds that it is no draft.
  const collected = await db
    .delete(renewals)
    .where(and(isNull(renewals.nextAttemptAt), lt(renewals.createdAt, before(PAYLOAD_DAYS))))
    .returning({ invoice: renewals.invoiceReference });
  return collected.length + emptied.length + deleted.length + paidAtOnce.length;
}
