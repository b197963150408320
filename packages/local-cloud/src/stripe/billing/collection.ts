import type { Stripe } from "stripe";
import { invalid, paymentRefused } from "../core/errors.ts";
import { emit } from "../core/events.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";
import { pay, paymentError } from "../payments/pay.ts";
import { paymentMethodOf } from "../payments/payment-methods.ts";
import { closePaid } from "./invoice-closing.ts";
import { invoiceOfIntent, paymentsOf, requireStatus, subscriptionOf } from "./invoice-relations.ts";
import { finalizeInvoice } from "./invoices.ts";

const DAY = 86_400;

/** With what an invoice is paid when nobody says: its own method, its subscription's, its customer's. */
export function methodFor(world: World, invoice: Stripe.Invoice): string | null {
  const subscription = subscriptionOf(invoice);
  const customer = world.customer(idOf(invoice.customer ?? ""));
  return (
    idOrNull(invoice.default_payment_method) ??
    idOrNull(
      subscription ? world.must("subscription", subscription).default_payment_method : null,
    ) ??
    idOrNull(customer.invoice_settings.default_payment_method)
  );
}

/**
 * One attempt to be paid. The invoice tells how it went: paid, or open with a payment that was
 * declined, waits for its holder or is under way.
 */
export function collect(world: World, id: string, methodId?: string): Stripe.Invoice {
  const invoice = world.must("invoice", id);
  if (invoice.status !== "open") return invoice;
  const method = methodId ?? methodFor(world, invoice);
  world.change("invoice", id, { attempt_count: invoice.attempt_count + 1, attempted: true });
  const intent = intentOf(world, id);
  if (!method || !intent) {
    failed(world, id);
    return world.must("invoice", id);
  }
  const result = pay(world, intent, world.must("payment_method", method), {
    offSession: false,
    returnUrl: null,
  });
  if (result.status === "requires_action") {
    emit(world, "invoice.payment_action_required", world.must("invoice", id));
    failed(world, id);
  }
  return world.must("invoice", id);
}

const intentOf = (world: World, id: string): Stripe.PaymentIntent | undefined => {
  const payment = paymentsOf(world, id).find(({ status }) => status === "open");
  return payment && world.must("payment_intent", String(payment.payment.payment_intent));
};

/** When it will be tried again: the dunning plan's next day, or null when there is none left. */
function nextAttempt(world: World, invoice: Stripe.Invoice): number | null {
  const isTried =
    invoice.auto_advance &&
    invoice.collection_method === "charge_automatically" &&
    invoice.billing_reason !== "subscription_create";
  const days = isTried
    ? world.settings.dunning.retryAfterDays[invoice.attempt_count - 1]
    : undefined;
  return days === undefined ? null : world.now(idOrNull(invoice.test_clock)) + days * DAY;
}

function failed(world: World, id: string): void {
  const before = world.must("invoice", id);
  const at = nextAttempt(world, before);
  const invoice = world.change("invoice", id, { next_payment_attempt: at, attempted: true });
  if (at !== null) world.schedule("invoice.collect", id, at, idOrNull(invoice.test_clock));
  emit(world, "invoice.payment_failed", invoice);
  world.reactions.invoiceFailed(world, invoice);
}

/** A payment came through, perhaps that of an invoice. */
export function invoicePaymentSettled(world: World, intent: Stripe.PaymentIntent): void {
  const invoice = invoiceOfIntent(world, intent.id);
  if (invoice?.status === "open" || invoice?.status === "uncollectible")
    closePaid(world, invoice.id);
}

export function invoicePaymentFailed(world: World, intent: Stripe.PaymentIntent): void {
  const invoice = invoiceOfIntent(world, intent.id);
  if (invoice?.status === "open") failed(world, invoice.id);
}

/** `invoices.pay`: finalizes a draft first; a bank's no is an error that leaves the attempt behind. */
export function payInvoice(
  world: World,
  id: string,
  asked: { method?: string; elsewhere: boolean },
): Stripe.Invoice {
  const before = world.must("invoice", id);
  if (before.status === "paid") {
    throw invalid("Invoice is already paid", { code: "invoice_already_paid" });
  }
  requireStatus(before, ["draft", "open", "uncollectible"], "This invoice can no longer be paid.");
  const invoice = before.status === "draft" ? finalizeInvoice(world, id) : before;
  if (invoice.status === "paid") return invoice;
  if (asked.elsewhere) return closePaid(world, id, true);
  if (invoice.status === "uncollectible") world.change("invoice", id, { status: "open" });
  const method = asked.method ? paymentMethodOf(world, asked.method).id : methodFor(world, invoice);
  if (!method) throw noMethod();
  const result = collect(world, id, method);
  if (result.status === "paid") return result;
  const intent = intentOf(world, id);
  if (intent?.status === "processing") return result;
  throw (intent && paymentError(intent)) ?? actionRequired();
}

export const noMethod = () =>
  invalid(
    "This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.",
    { code: "resource_missing" },
  );

const actionRequired = () =>
  paymentRefused(
    "This payment requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice.",
    { code: "invoice_payment_intent_requires_action" },
  );

/** Its time as a draft is over. */
export function finalizeAndCollect(world: World, id: string): void {
  const invoice = world.store.get("invoice", id);
  if (invoice?.status !== "draft" || !invoice.auto_advance) return;
  const open = finalizeInvoice(world, id);
  if (open.status !== "open") return;
  if (open.collection_method === "charge_automatically") collect(world, id);
  else emit(world, "invoice.sent", open);
}

/** Automatic collection begins after a finalisation, not with it. */
export function collectLater(world: World, invoice: Stripe.Invoice, seconds: number): void {
  const clock = idOrNull(invoice.test_clock);
  world.schedule("invoice.collect", invoice.id, world.now(clock) + seconds, clock);
}

export function collectAgain(world: World, id: string): void {
  const invoice = world.store.get("invoice", id);
  if (invoice?.status === "open" && invoice.auto_advance) collect(world, id);
}
