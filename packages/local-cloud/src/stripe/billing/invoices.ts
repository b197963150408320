import type { Stripe } from "stripe";
import { invalid } from "../core/errors.ts";
import { emit, update } from "../core/events.ts";
import { idOf, idOrNull, listOf, type World } from "../core/world.ts";
import { cancelPaymentIntent, newPaymentIntent } from "../payments/payment-intents.ts";
import { itemLine, pendingItems } from "./lines.ts";

const DAY = 86_400;

export type NewInvoice = {
  customer: Stripe.Customer;
  currency: string;
  reason: string;
  lines: Stripe.InvoiceLineItem[];
  subscription?: Stripe.Subscription | null;
  period?: { start: number; end: number };
} & Partial<
  Pick<
    Stripe.Invoice,
    | "auto_advance"
    | "collection_method"
    | "default_payment_method"
    | "description"
    | "footer"
    | "metadata"
    | "due_date"
  >
>;

/** The sums of an invoice that follow from its lines. */
export function totalsOf(lines: Stripe.InvoiceLineItem[]) {
  const total = lines.reduce((sum, { amount }) => sum + amount, 0);
  return {
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
    amount_due: Math.max(0, total),
    amount_remaining: Math.max(0, total),
  };
}

const parentOf = (subscription: Stripe.Subscription): Stripe.Invoice.Parent => ({
  quote_details: null,
  subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
  type: "subscription_details",
});

/** An invoice of these lines that is not in the store: a draft, or what a preview shows. */
export function invoiceOf(world: World, id: string, asked: NewInvoice): Stripe.Invoice {
  const { customer, currency, reason, lines, subscription, period, ...rest } = asked;
  const clock = idOrNull(customer.test_clock);
  const created = world.now(clock);
  return {
    id,
    object: "invoice",
    account_country: "US",
    account_name: "Tintype",
    account_tax_ids: null,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: false,
    automatic_tax: {
      disabled_reason: null,
      enabled: false,
      liability: null,
      provider: null,
      status: null,
    },
    automatically_finalizes_at: null,
    billing_reason: reason,
    collection_method: subscription?.collection_method ?? "charge_automatically",
    created,
    currency,
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: "none",
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: "self" },
    last_finalization_error: null,
    latest_revision: null,
    lines: listOf(
      lines.map((line) => ({ ...line, invoice: id })),
      `/v1/invoices/${id}/lines`,
    ),
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: subscription ? parentOf(subscription) : null,
    payment_settings: {
      default_mandate: null,
      payment_method_options: null,
      payment_method_types: null,
    },
    period_end: period?.end ?? created,
    period_start: period?.start ?? created,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: customer.balance,
    statement_descriptor: null,
    status: "draft",
    status_transitions: {
      finalized_at: null,
      marked_uncollectible_at: null,
      paid_at: null,
      voided_at: null,
    },
    test_clock: clock,
    total_discount_amounts: [],
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
    ...totalsOf(lines),
    ...rest,
  };
}

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

export const subscriptionOf = (invoice: Stripe.Invoice): string | null =>
  idOrNull(invoice.parent?.subscription_details?.subscription);

export function requireStatus(invoice: Stripe.Invoice, wanted: string[], what: string): void {
  if (wanted.includes(invoice.status ?? "")) return;
  throw invalid(`${what} (this invoice is ${invoice.status})`, { code: "invoice_not_editable" });
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

export const paymentsOf = (world: World, invoice: string): Stripe.InvoicePayment[] =>
  world.store.all("invoice_payment").filter((payment) => idOf(payment.invoice) === invoice);

/** The invoice that a payment intent is for. */
export function invoiceOfIntent(world: World, intent: string): Stripe.Invoice | undefined {
  const payment = world.store
    .all("invoice_payment")
    .find((each) => each.payment.payment_intent === intent);
  return payment && world.must("invoice", idOf(payment.invoice));
}

/** Paid: by its payment, or because there was nothing to pay, or elsewhere. */
export function closePaid(world: World, id: string, elsewhere = false): Stripe.Invoice {
  const before = world.must("invoice", id);
  const now = world.now(idOrNull(before.test_clock));
  world.unschedule("invoice.collect", id);
  const payment = paymentsOf(world, id).find((each) => each.status === "open");
  if (payment && !elsewhere) {
    const change = {
      status: "paid",
      amount_paid: before.amount_due,
      status_transitions: { canceled_at: null, paid_at: now },
    };
    update(world, "invoice_payment", payment.id, change, "invoice_payment.paid");
  }
  const paid = world.change("invoice", id, {
    status: "paid",
    attempted: true,
    amount_paid: before.amount_due,
    amount_remaining: 0,
    ...(elsewhere ? { amount_paid_off_stripe: before.amount_due } : {}),
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...before.status_transitions, paid_at: now },
  });
  emit(world, "invoice.paid", paid);
  emit(world, "invoice.payment_succeeded", paid);
  world.reactions.invoicePaid(world, paid);
  return world.must("invoice", id);
}

function dropPayment(world: World, id: string): void {
  world.unschedule("invoice.collect", id);
  for (const payment of paymentsOf(world, id)) {
    const intent = world.store.get("payment_intent", String(payment.payment.payment_intent));
    if (payment.status !== "open") continue;
    world.change("invoice_payment", payment.id, { status: "canceled" });
    if (intent && !["succeeded", "canceled", "processing"].includes(intent.status)) {
      cancelPaymentIntent(world, intent.id, "void_invoice");
    }
  }
}

export function voidInvoice(world: World, id: string): Stripe.Invoice {
  const before = world.must("invoice", id);
  requireStatus(
    before,
    ["open", "uncollectible"],
    "You can only void open or uncollectible invoices.",
  );
  dropPayment(world, id);
  const voided_at = world.now(idOrNull(before.test_clock));
  const change: Partial<Stripe.Invoice> = {
    status: "void",
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...before.status_transitions, voided_at },
  };
  const voided = update(world, "invoice", id, change, "invoice.voided");
  world.reactions.invoiceClosed(world, voided);
  return world.must("invoice", id);
}

export function markUncollectible(world: World, id: string): Stripe.Invoice {
  const before = world.must("invoice", id);
  requireStatus(before, ["open"], "You can only mark open invoices as uncollectible.");
  world.unschedule("invoice.collect", id);
  const marked_uncollectible_at = world.now(idOrNull(before.test_clock));
  const change: Partial<Stripe.Invoice> = {
    status: "uncollectible",
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...before.status_transitions, marked_uncollectible_at },
  };
  const marked = update(world, "invoice", id, change, "invoice.marked_uncollectible");
  world.reactions.invoiceClosed(world, marked);
  return world.must("invoice", id);
}

/** A draft finalizes itself after a while. */
export function finalizeLater(world: World, id: string, seconds: number): Stripe.Invoice {
  const invoice = world.must("invoice", id);
  const clock = idOrNull(invoice.test_clock);
  const at = world.now(clock) + seconds;
  world.schedule("invoice.finalize", id, at, clock);
  return world.change("invoice", id, { auto_advance: true, automatically_finalizes_at: at });
}

export const dueIn = (world: World, customer: Stripe.Customer, days: number): number =>
  world.now(idOrNull(customer.test_clock)) + days * DAY;
