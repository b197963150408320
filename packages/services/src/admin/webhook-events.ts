import type { Page } from "@tintype/core/assets";
import type {
  ListWebhookEventsInput,
  ReplayWebhookEventInput,
  WebhookEventView,
} from "@tintype/core/billing-inputs";
import { DomainError } from "@tintype/core/problems";
import { webhookEvents } from "@tintype/db/schema";
import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { bookBillingEvents } from "../billing/book-billing-events.ts";
import { type PaymentContext, paymentsOf } from "../billing/payment-context.ts";
import {
  knowledgeOf,
  outcomeOf,
  reasonOf,
  storedOutcome,
  usersOf,
} from "../billing/receive-webhook.ts";
import type { AdminActor, ServiceContext } from "../context.ts";
import { invalidCursor, toPage } from "../keyset.ts";

const CURSOR = /^(\d{1,13})_(\w{1,200})$/;

const view = {
  id: webhookEvents.id,
  type: webhookEvents.type,
  occurredAt: webhookEvents.occurredAt,
  receivedAt: webhookEvents.receivedAt,
  processedAt: webhookEvents.processedAt,
  outcome: webhookEvents.outcome,
  attempts: webhookEvents.attempts,
  lastError: webhookEvents.lastError,
  hasPayload: sql<boolean>`${webhookEvents.payload} is not null`,
};

const filters = {
  all: undefined,
  waiting: isNull(webhookEvents.processedAt),
  unknown_user: eq(webhookEvents.outcome, "unknown_user"),
};

/** The inbox, newest first. */
export async function listWebhookEvents(
  { db }: ServiceContext<AdminActor>,
  { show, cursor, limit }: ListWebhookEventsInput,
): Promise<Page<WebhookEventView>> {
  const rows = await db
    .select(view)
    .from(webhookEvents)
    .where(and(filters[show], cursor === undefined ? undefined : behind(cursor)))
    .orderBy(desc(webhookEvents.receivedAt), desc(webhookEvents.id))
    .limit(limit + 1);
  return toPage(rows, limit, (row) => `${row.receivedAt.getTime()}_${row.id}`, rows);
}

function behind(cursor: string) {
  const [, time, id] = CURSOR.exec(cursor) ?? [];
  if (!time || !id) throw invalidCursor();
  const at = new Date(Number(time)).toISOString();
  return sql`(${webhookEvents.receivedAt}, ${webhookEvents.id}) < (${at}::timestamptz, ${id})`;
}

/**
 * Books a stored event once more, whatever became of it before: what it says is a state, so a second time changes
 * nothing that stands. For one that was about nobody we knew, or that a later version understands.
 * @throws DomainError webhook_event_not_found, webhook_payload_swept; or whatever keeps it from being booked
 */
export async function replayWebhookEvent(
  ctx: PaymentContext<AdminActor>,
  { eventId }: ReplayWebhookEventInput,
): Promise<WebhookEventView> {
  const { db } = ctx;
  const ofEvent = eq(webhookEvents.id, eventId);
  const [row] = await db.select().from(webhookEvents).where(ofEvent);
  if (!row) throw new DomainError({ code: "webhook_event_not_found", eventId });
  const { id, type, payload, occurredAt } = row;
  if (payload === null) throw new DomainError({ code: "webhook_payload_swept", eventId });
  const attempts = sql`${webhookEvents.attempts} + 1`;
  try {
    const event = { id, type, payload, occurredAt };
    const translation = await paymentsOf(ctx).translate(event, knowledgeOf(ctx));
    const told = typeof translation === "string" ? [] : translation;
    await db.transaction(async (tx) => {
      const outcome =
        typeof translation === "string" ? storedOutcome(translation) : await outcomeOf(tx, told);
      const booked = { outcome, processedAt: ctx.now(), lastError: null, attempts };
      await tx.update(webhookEvents).set(booked).where(ofEvent);
      if (outcome === "applied") await bookBillingEvents(ctx, tx, told);
    });
    for (const userId of usersOf(told)) ctx.signals.userChanged(userId);
  } catch (error) {
    const failure = { attempts, lastError: reasonOf(error) };
    await db
      .update(webhookEvents)
      .set(failure)
      .where(and(ofEvent, isNull(webhookEvents.processedAt)));
    throw error;
  }
  const [after] = await db.select(view).from(webhookEvents).where(ofEvent);
  if (!after) throw new DomainError({ code: "webhook_event_not_found", eventId });
  return after;
}
