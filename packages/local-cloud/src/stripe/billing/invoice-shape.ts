import type { Stripe } from "stripe";
import { idOrNull, listOf, type World } from "../core/world.ts";

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
    ...UNBILLED,
    id,
    billing_reason: reason,
    collection_method: subscription?.collection_method ?? "charge_automatically",
    created,
    currency,
    customer: customer.id,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    lines: listOf(
      lines.map((line) => ({ ...line, invoice: id })),
      `/v1/invoices/${id}/lines`,
    ),
    parent: subscription ? parentOf(subscription) : null,
    period_end: period?.end ?? created,
    period_start: period?.start ?? created,
    starting_balance: customer.balance,
    test_clock: clock,
    ...totalsOf(lines),
    ...rest,
  };
}

const UNBILLED = {
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
  custom_fields: null,
  customer_account: null,
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
  livemode: false,
  metadata: {},
  next_payment_attempt: null,
  number: null,
  on_behalf_of: null,
  payment_settings: {
    default_mandate: null,
    payment_method_options: null,
    payment_method_types: null,
  },
  post_payment_credit_notes_amount: 0,
  pre_payment_credit_notes_amount: 0,
  receipt_number: null,
  rendering: null,
  shipping_cost: null,
  shipping_details: null,
  statement_descriptor: null,
  status: "draft",
  status_transitions: {
    finalized_at: null,
    marked_uncollectible_at: null,
    paid_at: null,
    voided_at: null,
  },
  total_discount_amounts: [],
  total_pretax_credit_amounts: [],
  total_taxes: [],
  webhooks_delivered_at: null,
} satisfies Partial<Stripe.Invoice>;
