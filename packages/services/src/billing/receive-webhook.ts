import type { WebhookOutcome } from "@tintype/core/billing";
import type { BillingEvent } from "@tintype/core/billing-events";
import type { Db, Tx } from "@tintype/db/client";
import {
  failedPayments,
  payments,
  stripeCustomers,
  subscriptions,
  users,
  webhookEvents,
} from "@tintype/db/schema";
import type {
  Knowledge,
  ProviderEvent,
  Translation,
} from "@tintype/integrations/payments/payments";
import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { ServiceContext, SystemActor } from "../context.ts";
import { bookBillingEvents } from "./book-billing-events.ts";
import { type PaymentContext, paymentsOf } from "./payment-context.ts";

/** A reason is for a person to read; the log has the whole of it. */
const MAX_REASON = 500;

/**
 * Books one event of the payment provider: its row in the inbox and all it says, in one transaction. Answer 2xx only
 * when this has returned. What is missing in the event is read at the provider before the transaction begins.
 *
 * Locks: the event's row (whoever brings the same event waits), then what `applyBillingEvent` says.
 * @throws whatever kept it from being booked, after writing down what that was: the provider will tell it again
 */
export async function receiveWebhook(
  ctx: PaymentContext<SystemActor>,
  event: ProviderEvent,
): Promise<WebhookOutcome | "duplicate" | "not_ours"> {
  if (await isBooked(ctx, event.id)) return "duplicate";
  try {
    const translation = await paymentsOf(ctx).translate(event, knowledgeOf(ctx));
    return await bookWebhook(ctx, event, translation);
  } catch (error) {
    await rememberFailure(ctx, event, error);
    throw error;
  }
}

async function isBooked({ db }: Pick<ServiceContext, "db">, id: string): Promise<boolean> {
  const [row] = await db
    .select({ id: webhookEvents.id })
    .from(webhookEvents)
    .where(and(eq(webhookEvents.id, id), isNotNull(webhookEvents.processedAt)))
    .prepare("webhook_is_booked")
    .execute();
  return row !== undefined;
}

/** What the translation asks about us. */
export const knowledgeOf = ({ db, now }: Pick<ServiceContext, "db" | "now">): Knowledge => ({
  now,
  userOfCustomer: async (customer) => {
    const [row] = await db
      .select({ userId: stripeCustomers.userId })
      .from(stripeCustomers)
      .where(eq(stripeCustomers.customerId, customer))
      .prepare("webhook_user_of_customer")
      .execute();
    return row?.userId ?? null;
  },
  userOfPayment: async (reference) => {
    const [row] = await db
      .select({ userId: payments.userId })
      .from(payments)
      .where(eq(payments.reference, reference))
      .prepare("webhook_user_of_payment")
      .execute();
    return row?.userId ?? null;
  },
  subscriptionKnownAt: async (userId, reference) => {
    const [row] = await db
      .select({ stateAt: subscriptions.stateAt })
      .from(subscriptions)
      .where(and(eq(subscriptions.userId, userId), eq(subscriptions.reference, reference)))
      .prepare("webhook_subscription_known_at")
      .execute();
    return row?.stateAt ?? null;
  },
  isInvoiceWaitedFor: async (userId, invoice) => {
    const [row] = await db
      .select({ failedAt: failedPayments.failedAt })
      .from(failedPayments)
      .where(
        and(
          eq(failedPayments.userId, userId),
          eq(failedPayments.invoiceReference, invoice),
          isNull(failedPayments.resolvedAt),
        ),
      )
      .prepare("webhook_is_invoice_waited_for")
      .execute();
    return row !== undefined;
  },
});

async function bookWebhook(
  ctx: ServiceContext<SystemActor>,
  event: ProviderEvent,
  translation: Translation,
): Promise<WebhookOutcome | "duplicate" | "not_ours"> {
  // Most events mean nothing to us: one row is one statement, and needs no transaction around it.
  if (typeof translation === "string") {
    const outcome = storedOutcome(translation);
    return (await claim(ctx.db, event, outcome, ctx.now())) ? translation : "duplicate";
  }
  const booked = await ctx.db.transaction(async (tx) => {
    const outcome = await outcomeOf(tx, translation);
    if (!(await claim(tx, event, outcome, ctx.now()))) return "duplicate";
    if (outcome === "applied") await bookBillingEvents(ctx, tx, translation);
    return outcome;
  });
  if (booked === "applied") {
    for (const userId of usersOf(translation)) ctx.signals.userChanged(userId);
  }
  return booked;
}

/** In the inbox, what is not ours means nothing, as so much else; whoever runs this is told by log and metric. */
export const storedOutcome = (told: Exclude<Translation, BillingEvent[]>): WebhookOutcome =>
  told === "not_ours" ? "ignored" : told;

/** Somebody who is in no row of ours: of another installation that shares the provider's account, or long gone. */
export async function outcomeOf(tx: Tx, told: readonly BillingEvent[]): Promise<WebhookOutcome> {
  for (const userId of usersOf(told)) {
    const [user] = await tx
      .select({ id: users.id })
      .from(users)
      .where(eq(users.id, userId))
      .prepare("webhook_is_our_user")
      .execute();
    if (!user) return "unknown_user";
  }
  return "applied";
}

/** False when another delivery has booked it; one that is still at it is waited for. */
async function claim(
  tx: Tx | Db,
  { id, type, payload, occurredAt }: ProviderEvent,
  outcome: WebhookOutcome,
  now: Date,
): Promise<boolean> {
  const booked = { processedAt: now, outcome, lastError: null };
  const claimed = await tx
    .insert(webhookEvents)
    .values({ id, type, payload, occurredAt, receivedAt: now, ...booked })
    .onConflictDoUpdate({
      target: webhookEvents.id,
      set: { ...booked, attempts: sql`${webhookEvents.attempts} + 1` },
      setWhere: isNull(webhookEvents.processedAt),
    })
    .returning({ id: webhookEvents.id })
    .prepare("webhook_claim")
    .execute();
  return claimed.length > 0;
}

export const usersOf = (told: readonly BillingEvent[]): Set<string> =>
  new Set(told.map(({ userId }) => userId));

/** In a transaction of its own: what failed has been rolled back, and this must be seen. */
async function rememberFailure(
  { db, now }: Pick<ServiceContext, "db" | "now">,
  { id, type, payload, occurredAt }: ProviderEvent,
  error: unknown,
): Promise<void> {
  const lastError = reasonOf(error);
  try {
    await db
      .insert(webhookEvents)
      .values({ id, type, payload, occurredAt, receivedAt: now(), lastError })
      .onConflictDoUpdate({
        target: webhookEvents.id,
        set: { lastError, attempts: sql`${webhookEvents.attempts} + 1` },
        setWhere: isNull(webhookEvents.processedAt),
      });
  } catch (failure) {
    throw new AggregateError([error, failure], `the webhook ${id} could not be booked`);
  }
}

/** The innermost error: what wraps it repeats the statement with all its values. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "not an Error";
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return `${error.name}: ${error.message}`.slice(0, MAX_REASON);
}
