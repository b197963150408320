import type { Stripe } from "stripe";
import { invalid, missingParam, StripeError } from "../core/errors.ts";
import { emit } from "../core/events.ts";
import { Params } from "../core/params.ts";
import { idOf, type World } from "../core/world.ts";
import type { Call, Routes } from "../http/routes.ts";
import { outcomeOf } from "./changes.ts";
import { askedItem } from "./invoice-items.ts";
import { invoiceOf, type NewInvoice } from "./invoice-shape.ts";
import { isOver } from "./lifecycle.ts";
import { itemLine, itemOf, type NewItem, pendingItems, periodLine } from "./lines.ts";
import { drawUp, firstLines } from "./new-subscription.ts";
import { periodEnd } from "./periods.ts";
import { prorationsOf } from "./prorations.ts";
import { askedItems, periodOf, requireSameInterval } from "./subscription-items.ts";
import { PRORATIONS, priceFromData, trialEndOf } from "./subscription-params.ts";

const PARAMS = [
  ...["customer", "subscription", "subscription_details", "invoice_items", "preview_mode"],
  ...["currency", "automatic_tax", "issuer"],
];
const DETAILS = [
  ...["items", "proration_behavior", "proration_date", "billing_cycle_anchor", "cancel_now"],
  ...["cancel_at_period_end", "cancel_at", "trial_end", "resume_at", "start_date"],
];

/** `invoices.createPreview`: what would be billed; nothing is changed. */
function preview({ world, params }: Call): Stripe.Invoice {
  params.allowOnly(PARAMS);
  const subscriptionId = params.text("subscription");
  const subscription = subscriptionId
    ? world.must("subscription", subscriptionId, "subscription")
    : null;
  const customerId = params.text("customer") ?? (subscription && idOf(subscription.customer));
  if (!customerId) throw missingParam("customer");
  const customer = world.customer(customerId, "customer");
  const details = params.group("subscription_details").allowOnly(DETAILS);
  const extra = params.groups("invoice_items").map((item) => askedItem(world, item, customer));
  const asked = subscription
    ? ofSubscription(world, customer, subscription, details, extra)
    : ofNothing(world, customer, details, extra);
  return invoiceOf(world, world.id("upcoming_in"), asked);
}

const linesOf = (world: World, items: NewItem[]) =>
  items.map((item) => itemLine(world, itemOf(world, item)));

/** A subscription that does not exist yet, or only what waits for the customer's next invoice. */
function ofNothing(
  world: World,
  customer: Stripe.Customer,
  details: Params,
  extra: NewItem[],
): NewInvoice {
  const items = askedItems(world, details, priceFromData);
  const waiting = pendingItems(world, customer.id, null).map((item) => itemLine(world, item));
  if (items.length === 0) {
    if (waiting.length + extra.length === 0) throw nothingUpcoming(customer.id);
    const currency = extra[0]?.currency ?? waiting[0]?.currency ?? "usd";
    return {
      customer,
      currency,
      reason: "upcoming",
      lines: [...waiting, ...linesOf(world, extra)],
    };
  }
  const trialEnd = trialEndOf(details, world.now(world.clockOf(customer.id)));
  const subscription = drawUp(world, { customer, items, trialEnd });
  return {
    customer,
    currency: subscription.currency,
    reason: "upcoming",
    lines: [...waiting, ...linesOf(world, extra), ...firstLines(world, subscription)],
    period: periodOf(subscription),
  };
}

function ofSubscription(
  world: World,
  customer: Stripe.Customer,
  subscription: Stripe.Subscription,
  details: Params,
  extra: NewItem[],
): NewInvoice {
  if (isOver(subscription)) throw nothingUpcoming(customer.id);
  const base = { customer, currency: subscription.currency, reason: "upcoming", subscription };
  const behavior = details.choice("proration_behavior", PRORATIONS) ?? "create_prorations";
  const date = details.integer("proration_date");
  const now = world.now(world.clockOf(customer.id));
  const waiting = pendingItems(world, customer.id, subscription.id).map((item) =>
    itemLine(world, item),
  );
  if (details.boolean("cancel_now")) {
    const unused =
      behavior === "none" ? [] : prorationsOf(world, subscription, [], date ?? now, false);
    return { ...base, lines: [...waiting, ...linesOf(world, [...unused, ...extra])] };
  }
  const items = askedItems(world, details, priceFromData);
  const {
    items: after,
    restarts,
    prorations,
  } = outcomeOf(world, subscription, {
    items,
    prorationBehavior: behavior,
    resetsAnchor: details.text("billing_cycle_anchor") === "now",
    ...(date === undefined ? {} : { prorationDate: date }),
  });
  const lines = [...waiting, ...linesOf(world, [...prorations, ...extra])];
  if (restarts) {
    const period = { start: now, end: after[0]?.current_period_end ?? now };
    return {
      ...base,
      lines: [...lines, ...after.map((item) => periodLine(world, subscription, item))],
      period,
    };
  }
  if (behavior === "always_invoice" && items.length) {
    return { ...base, lines, period: { start: now, end: now } };
  }
  return atRenewal(base, world, subscription, after, lines, details);
}

function atRenewal(
  base: Omit<NewInvoice, "lines">,
  world: World,
  subscription: Stripe.Subscription,
  after: Stripe.SubscriptionItem[],
  lines: Stripe.InvoiceLineItem[],
  details: Params,
): NewInvoice {
  const { start, end } = periodOf(subscription);
  const ends = details.boolean("cancel_at_period_end") ?? subscription.cancel_at_period_end;
  if (ends || (subscription.cancel_at !== null && subscription.cancel_at <= end)) {
    if (lines.length === 0) throw nothingUpcoming(idOf(subscription.customer));
    return { ...base, lines, period: { start, end } };
  }
  const until = periodEnd(subscription.billing_cycle_anchor, requireSameInterval(after), end);
  const next = after.map((item) =>
    periodLine(world, subscription, {
      ...item,
      current_period_start: end,
      current_period_end: until,
    }),
  );
  return { ...base, lines: [...lines, ...next], period: { start, end } };
}

function nothingUpcoming(customer: string): StripeError {
  const { message, details } = invalid(`No upcoming invoices for customer: '${customer}'`, {
    code: "invoice_upcoming_none",
  });
  return new StripeError(404, "invalid_request_error", message, details);
}

/** Some days before a renewal: what it will cost. */
export function tellUpcoming(world: World, id: string): void {
  const subscription = world.store.get("subscription", id);
  if (!subscription || !["active", "trialing", "past_due"].includes(subscription.status)) return;
  const customer = world.customer(idOf(subscription.customer));
  const asked = ofSubscription(world, customer, subscription, new Params({}), []);
  emit(world, "invoice.upcoming", invoiceOf(world, world.id("upcoming_in"), asked));
}

export const previewRoutes: Routes = { "POST /v1/invoices/create_preview": preview };
