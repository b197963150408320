import type { Stripe } from "stripe";
import { emit } from "../core/events.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";
import { newPaymentIntent } from "../payments/payment-intents.ts";
import { closePaid } from "./invoice-closing.ts";
import { requireStatus, subscriptionOf } from "./invoice-relations.ts";
import { invoiceOf, type NewInvoice } from "./invoice-shape.ts";
import { itemLine, pendingItems } from "./lines.ts";

/** A new draft, told of. Waiting items of the customer are put on it when `takePending`. */
export function draftInvoice(
  world: World,
  asked: NewInvoice,
  takePending: boolean,
): Stripe.Invoice {
  const id = world.id("in");
  const waiting = takePending
    ? pendingItems(world, asked.customer.id, asked.subscription?.id ?? null)
    : [];
  const lines = [...waiting.map((item) => itemLine(world, item)), ...asked.lines];
  for (const item of waiting) world.change("invoiceitem", item.id, { invoice: id });
  const invoice = invoiceOf(world, id, { ...asked, lines });
  world.store.put("invoice", invoice);
  emit(world, "invoice.created", invoice);
  return invoice;
}

/**
 * Gives it its number and its payment: a new one, or one that exists already. What the customer's
 * balance covers is not asked for.
 */
export function finalizeInvoice(
  world: World,
  id: string,
  payment?: Stripe.PaymentIntent,
): Stripe.Invoice {
  const draft = world.must("invoice", id);
  requireStatus(
    draft,
    ["draft"],
    "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
  );
  const customer = world.customer(idOf(draft.customer ?? ""));
  world.unschedule("invoice.finalize", id);
  const now = world.now(idOrNull(draft.test_clock));
  const sequence = customer.next_invoice_sequence ?? 1;
  const due = Math.max(0, draft.total + customer.balance);
  const ending = customer.balance + draft.total - due;
  world.change("customer", customer.id, {
    balance: ending,
    next_invoice_sequence: sequence + 1,
    currency: draft.currency,
  });
  const url = `${world.url}/invoices/${id}`;
  const open = world.change("invoice", id, {
    status: "open",
    number: `${customer.invoice_prefix}-${String(sequence).padStart(4, "0")}`,
    starting_balance: customer.balance,
    ending_balance: ending,
    amount_due: due,
    amount_remaining: due,
    effective_at: now,
    automatically_finalizes_at: null,
    hosted_invoice_url: url,
    invoice_pdf: `${url}/pdf`,
    status_transitions: { ...draft.status_transitions, finalized_at: now },
  });
  if (due > 0) preparePayment(world, open, payment);
  emit(world, "invoice.finalized", open, draft);
  return due > 0 ? open : closePaid(world, id);
}

function preparePayment(
  world: World,
  invoice: Stripe.Invoice,
  made: Stripe.PaymentIntent | undefined,
): void {
  const asked = {
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer: idOrNull(invoice.customer),
    description: subscriptionOf(invoice)
      ? "Subscription update"
      : `Payment for Invoice ${invoice.number}`,
    setup_future_usage: subscriptionOf(invoice) ? ("off_session" as const) : null,
  };
  const intent = made ?? newPaymentIntent(world, asked);
  const payment: Stripe.InvoicePayment = {
    id: world.id("inpay"),
    object: "invoice_payment",
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: world.now(idOrNull(invoice.test_clock)),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: intent.id, type: "payment_intent" },
    status: "open",
    status_transitions: { canceled_at: null, paid_at: null },
  };
  world.store.put("invoice_payment", payment);
}

/** A draft finalizes itself after a while. */
export function finalizeLater(world: World, id: string, seconds: number): Stripe.Invoice {
  const invoice = world.must("invoice", id);
  const clock = idOrNull(invoice.test_clock);
  const at = world.now(clock) + seconds;
  world.schedule("invoice.finalize", id, at, clock);
  return world.change("invoice", id, { auto_advance: true, automatically_finalizes_at: at });
}
