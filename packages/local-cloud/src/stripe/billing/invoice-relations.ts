import type { Stripe } from "stripe";
import { invalid } from "../core/errors.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";

const DAY = 86_400;

export const subscriptionOf = (invoice: Stripe.Invoice): string | null =>
  idOrNull(invoice.parent?.subscription_details?.subscription);

export function requireStatus(invoice: Stripe.Invoice, wanted: string[], what: string): void {
  if (wanted.includes(invoice.status ?? "")) return;
  throw invalid(`${what} (this invoice is ${invoice.status})`, { code: "invoice_not_editable" });
}

export const paymentsOf = (world: World, invoice: string): Stripe.InvoicePayment[] =>
  world.store.all("invoice_payment").filter((payment) => idOf(payment.invoice) === invoice);

/** The invoice that a payment intent is for. */
export function invoiceOfIntent(world: World, intent: string): Stripe.Invoice | undefined {
  const payment = world.store
    .all("invoice_payment")
    .find((each) => each.payment.payment_intent === intent);
  return payment && world.must("invoice", idOf(payment.invoice));
}

export const dueIn = (world: World, customer: Stripe.Customer, days: number): number =>
  world.now(idOrNull(customer.test_clock)) + days * DAY;
