import type { Stripe } from "stripe";
import { invalid } from "../core/errors.ts";
import { emit, update } from "../core/events.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";
import { collect } from "./collection.ts";
import { voidInvoice } from "./invoice-closing.ts";
import { subscriptionOf } from "./invoice-relations.ts";
import { draftInvoice, finalizeInvoice } from "./invoices.ts";
import { itemOf, type NewItem } from "./lines.ts";
import { prorationsOf } from "./prorations.ts";
import { periodOf } from "./subscription-items.ts";

export type Subscription = Stripe.Subscription;

export const clockOf = (subscription: Subscription): string | null =>
  idOrNull(subscription.test_clock);

const DAY = 86_400;

const OVER = ["canceled", "incomplete_expired"];

export const isOver = (subscription: Subscription): boolean => OVER.includes(subscription.status);

/** Waits for the end of the period, or for an earlier end that was asked for. */
export function scheduleRenewal(world: World, subscription: Subscription): void {
  const { end } = periodOf(subscription);
  const at = subscription.cancel_at === null ? end : Math.min(end, subscription.cancel_at);
  world.schedule("subscription.renew", subscription.id, at, clockOf(subscription));
  const reminder = end - world.settings.upcomingDays * DAY;
  const isTold = subscription.cancel_at === null && reminder > world.now(clockOf(subscription));
  if (isTold) world.schedule("invoice.upcoming", subscription.id, reminder, clockOf(subscription));
  else world.unschedule("invoice.upcoming", subscription.id);
}

/** Puts prorations and the like where the next invoice finds them. */
export function addItems(world: World, items: NewItem[]): void {
  for (const asked of items) {
    const item = itemOf(world, asked);
    world.store.put("invoiceitem", item);
    emit(world, "invoiceitem.created", item);
  }
}

/** An invoice of a subscription, with its whole-period lines and everything that waits for it. */
export function invoiceSubscription(
  world: World,
  subscription: Subscription,
  reason: string,
  lines: Stripe.InvoiceLineItem[],
  period?: { start: number; end: number },
): Stripe.Invoice {
  const invoice = draftInvoice(
    world,
    {
      customer: world.customer(idOf(subscription.customer)),
      currency: subscription.currency,
      reason,
      lines,
      subscription,
      auto_advance: true,
      ...(period ? { period } : {}),
    },
    true,
  );
  world.change("subscription", subscription.id, { latest_invoice: invoice.id });
  return invoice;
}

export function pauseSubscription(world: World, id: string): Subscription {
  world.unschedule("subscription.renew", id);
  const before = world.must("subscription", id);
  const paused = world.change("subscription", id, { status: "paused" });
  emit(world, "customer.subscription.updated", paused, before);
  emit(world, "customer.subscription.paused", paused, before);
  return paused;
}

export type Ending = {
  prorate?: boolean;
  invoiceNow?: boolean;
  details?: Partial<Stripe.Subscription.CancellationDetails>;
};

/** The end. Nothing is collected any more; unused time comes back only when asked for. */
export function endSubscription(world: World, id: string, ending: Ending): Subscription {
  const before = world.must("subscription", id);
  if (isOver(before)) {
    throw invalid(`No such subscription: '${id}'`, { code: "resource_missing", param: "id" });
  }
  const now = world.now(clockOf(before));
  if (ending.prorate) addItems(world, prorationsOf(world, before, [], now, false));
  for (const kind of [
    "subscription.renew",
    "subscription.incomplete",
    "update.expire",
    "subscription.trial_reminder",
    "invoice.upcoming",
  ] as const) {
    world.unschedule(kind, id);
  }
  endSchedule(world, before, now);
  const details = before.cancellation_details;
  const canceled = world.change("subscription", id, {
    status: before.status === "incomplete" ? "incomplete_expired" : "canceled",
    canceled_at: before.canceled_at ?? now,
    ended_at: now,
    pending_update: null,
    schedule: null,
    cancellation_details: {
      comment: null,
      feedback: null,
      feedback_option: null,
      reason: "cancellation_requested",
      ...details,
      ...ending.details,
    },
  });
  if (ending.invoiceNow) invoiceAtEnd(world, canceled);
  stopCollecting(world, id);
  const ended = world.must("subscription", id);
  emit(world, "customer.subscription.deleted", ended);
  return ended;
}

function endSchedule(world: World, subscription: Subscription, now: number): void {
  const id = idOrNull(subscription.schedule);
  const schedule = id ? world.store.get("subscription_schedule", id) : undefined;
  if (!schedule || !["active", "not_started"].includes(schedule.status)) return;
  world.unschedule("schedule.step", schedule.id);
  const change = { status: "canceled", canceled_at: now, current_phase: null } as const;
  update(world, "subscription_schedule", schedule.id, change, "subscription_schedule.canceled");
}

function invoiceAtEnd(world: World, subscription: Subscription): void {
  const invoice = invoiceSubscription(world, subscription, "subscription_update", []);
  finalizeInvoice(world, invoice.id);
  collect(world, invoice.id);
}

function stopCollecting(world: World, id: string): void {
  for (const invoice of world.store.all("invoice")) {
    if (subscriptionOf(invoice) !== id || !["draft", "open"].includes(invoice.status ?? ""))
      continue;
    world.unschedule("invoice.collect", invoice.id);
    world.unschedule("invoice.finalize", invoice.id);
    world.change("invoice", invoice.id, {
      auto_advance: false,
      next_payment_attempt: null,
      automatically_finalizes_at: null,
    });
  }
}

/** 23 hours without the first payment. */
export function expireIncomplete(world: World, id: string): void {
  const subscription = world.store.get("subscription", id);
  if (subscription?.status !== "incomplete") return;
  const invoice = idOrNull(subscription.latest_invoice);
  if (invoice && world.must("invoice", invoice).status === "open") voidInvoice(world, invoice);
  const change = {
    status: "incomplete_expired",
    ended_at: world.now(clockOf(subscription)),
  } as const;
  if (world.must("subscription", id).status !== "incomplete") return;
  world.unschedule("subscription.renew", id);
  update(world, "subscription", id, change, "customer.subscription.updated");
}
