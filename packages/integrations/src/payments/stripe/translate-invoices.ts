import type { BillingEvent, BillingEventOf, PaymentFacts } from "@tintype/core/billing-events";
import { addMonths, type Span } from "@tintype/core/periods";
import type { Stripe } from "stripe";
import { orderOf, planCodeOf } from "./orders.ts";
import { idOf, timeOf } from "./stripe-client.ts";
import { ensureDollars } from "./translate-payments.ts";

type Told = { userId: string; at: Date };

/** All that a paid invoice is translated from; what is not in the event was read beforehand. */
export type PaidInvoice = {
  invoice: Stripe.Invoice;
  lines: Stripe.InvoiceLineItem[];
  /** The payment intent that paid it; the invoice's own name where nothing had to be paid. */
  payment: string;
  /** Only asked for where a plan was changed in the middle of a period. */
  cycle: Cycle | null;
};

/** When the periods of a plan begin: at the anchor, and so many months before and after it. */
export type Cycle = { anchor: Date; months: 1 | 12 };

/**
 * Whether we have made the invoice: it is a pack's, or it has a plan or overage of ours on it. What an operator writes by
 * hand in the dashboard is between him and his customer: it buys no credits, so a refund of it takes none, and unpaid
 * it closes nothing.
 */
export const isOurs = (
  { metadata }: Stripe.Invoice,
  lines: readonly Stripe.InvoiceLineItem[],
): boolean =>
  orderOf(metadata) !== null ||
  metadata?.overageBill !== undefined ||
  lines.some((line) => line.metadata.overageBill !== undefined || readPlanLine(line) !== null);

/**
 * Paid plans: each line that is a whole period is one `period_paid`, each change to another plan in the middle of one
 * an `upgrade_paid`. The invoice of a pack tells the same payment once more; any other is for overage and brings no credits.
 */
export function ofPaidInvoice(paid: PaidInvoice, { userId, at }: Told): BillingEvent[] {
  const { invoice, lines } = paid;
  ensureDollars(invoice);
  const order = orderOf(invoice.metadata);
  const planLines = lines.flatMap((line) => readPlanLine(line) ?? []);
  const paidAt = invoice.status_transitions.paid_at;
  const facts: PaymentFacts = {
    reference: paid.payment,
    kind: order?.kind ?? (planLines.length > 0 ? "plan" : "overage"),
    productCode: order?.code ?? planLines.find(({ cents }) => cents > 0)?.planCode ?? null,
    paidCents: invoice.amount_paid,
    paidAt: paidAt === null ? at : timeOf(paidAt),
    invoiceUrl: invoice.hosted_invoice_url ?? null,
  };
  const settled: BillingEvent = {
    ...{ type: "payment_settled", userId, payment: facts, credits: order?.credits ?? 0 },
  };
  // A pack is told by its checkout, too: under another name than there it would be granted twice.
  const isToldElsewhere = order !== null && paid.payment === invoice.id;
  const periods = planLines
    .filter((line) => !line.isProration && line.cents >= 0)
    .map((line) => periodPaid(line, userId, facts));
  const changes =
    invoice.billing_reason === "subscription_update"
      ? upgradesOf(planLines, paid.cycle).map((change) => ({
          ...{ type: "upgrade_paid" as const, userId, payment: facts, ...change },
        }))
      : [];
  return [
    ...(isToldElsewhere ? [] : [settled]),
    ...periods,
    ...changes,
    ...overageOf(lines, userId, facts),
    { type: "invoice_closed", userId, invoice: invoice.id, at },
  ];
}

export function ofUnpaidInvoice(invoice: Stripe.Invoice, { userId, at }: Told): BillingEvent[] {
  ensureDollars(invoice);
  const next = invoice.next_payment_attempt;
  return [
    {
      type: "payment_failed",
      userId,
      subscription: isOnlyOverage(invoice) ? null : subscriptionOf(invoice),
      invoice: {
        reference: invoice.id,
        amountDueCents: invoice.amount_remaining,
        attempts: invoice.attempt_count,
        nextAttemptAt: next === null ? null : timeOf(next),
        payUrl: invoice.hosted_invoice_url ?? null,
        ...named("overageBills", billsOn(invoice.lines.data)),
      },
      at,
    },
  ];
}

export function ofProcessing(invoice: Stripe.Invoice, { userId, at }: Told): BillingEvent[] {
  const subscription = subscriptionOf(invoice);
  if (subscription === null || invoice.status !== "open") return [];
  const amountDueCents = invoice.amount_remaining;
  return [
    { type: "payment_processing", userId, subscription, invoice: invoice.id, amountDueCents, at },
  ];
}

/** Cancelled or given up. Only who cancels an invoice waives what is on it. */
export const ofClosedInvoice = (invoice: Stripe.Invoice, { userId, at }: Told): BillingEvent[] => [
  {
    ...{ type: "invoice_closed", userId, invoice: invoice.id, at },
    ...(invoice.status === "void" && named("forgivenBills", billsOn(invoice.lines.data))),
  },
];

const BILL = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Our bills for overage, as their lines name them; one bill has a line for each tier. */
function billsOn(lines: readonly Stripe.InvoiceLineItem[]): string[] {
  const named = lines.map(({ metadata }) => metadata.overageBill ?? "");
  return [...new Set(named)].filter((id) => BILL.test(id));
}

/** What waited for a plan's bill and was billed apart: the invoice is the plan's, and nothing of the plan is on it. */
const isOnlyOverage = ({ lines }: Stripe.Invoice): boolean =>
  !lines.has_more &&
  lines.data.length > 0 &&
  lines.data.every((line) => billsOn([line]).length > 0);

/** Left out when there are none: most invoices have nothing to do with overage. */
const named = <Key extends string>(key: Key, bills: string[]): { [K in Key]?: string[] } =>
  bills.length > 0 ? ({ [key]: bills } as { [K in Key]?: string[] }) : {};

function overageOf(
  lines: readonly Stripe.InvoiceLineItem[],
  userId: string,
  payment: PaymentFacts,
): BillingEvent[] {
  const bills = billsOn(lines).filter((bill) => isWhole(lines, bill));
  return bills.length > 0 ? [{ type: "overage_paid", userId, bills, payment }] : [];
}

/** An attempt that broke off may have left a part of a bill here: it is paid when the invoice with the rest is. */
function isWhole(lines: readonly Stripe.InvoiceLineItem[], bill: string): boolean {
  const ofBill = lines.filter(({ metadata }) => metadata.overageBill === bill);
  return ofBill.some(({ metadata }) => ofBill.length >= Number(metadata.overageLines ?? 1));
}

export const subscriptionOf = (invoice: Stripe.Invoice): string | null =>
  idOf(invoice.parent?.subscription_details?.subscription);

type PlanLine = {
  reference: string;
  subscription: string;
  planCode: string;
  isProration: boolean;
  /** After discounts; negative for what is given back of the plan before. */
  cents: number;
  start: Date;
  end: Date;
};

/** Null for a line that is no plan of ours. */
function readPlanLine(line: Stripe.InvoiceLineItem): PlanLine | null {
  const details = line.parent?.subscription_item_details ?? line.parent?.invoice_item_details;
  const planCode = planCodeOf(line.pricing?.price_details?.product);
  if (!details?.subscription || !planCode) return null;
  const discounts = line.discount_amounts?.map(({ amount }) => amount) ?? [];
  return {
    reference: line.id,
    subscription: details.subscription,
    planCode,
    isProration: details.proration,
    cents: line.amount - discounts.reduce((sum, amount) => sum + amount, 0),
    start: timeOf(line.period.start),
    end: timeOf(line.period.end),
  };
}

const periodPaid = (
  { reference, subscription, planCode, cents, start, end }: PlanLine,
  userId: string,
  payment: PaymentFacts,
): BillingEventOf<"period_paid"> => ({
  ...{ type: "period_paid", userId, line: reference, subscription, planCode, payment },
  ...{ periodStart: start, periodEnd: end, lineCents: cents },
});

/** Each plan that was charged for the rest of a period, with the one that was given back from the same moment. */
function upgradesOf(lines: PlanLine[], cycle: Cycle | null) {
  const given = lines.filter(({ isProration, cents }) => isProration && cents < 0);
  const charged = lines.filter(({ isProration, cents }) => isProration && cents > 0);
  return charged.flatMap((line) => {
    const before = given.find(({ start }) => start.getTime() === line.start.getTime()) ?? given[0];
    // Nothing was given back: a further plan beside the first one, which we do not sell.
    if (!before) return [];
    const { start, end } = wholePeriod(line, cycle);
    return [
      {
        ...{ line: line.reference, subscription: line.subscription, planCode: line.planCode },
        ...{ previousPlanCode: before.planCode, lineCents: line.cents, changedAt: line.start },
        ...{ periodStart: start, periodEnd: end },
      },
    ];
  });
}

/**
 * The period in which a change lies: it ends with the line and began a month or a year before, counted from the
 * anchor. Not what the subscription says today: the event may come a period later.
 */
function wholePeriod(line: PlanLine, cycle: Cycle | null): Span {
  if (!cycle) throw new Error(`the line ${line.reference} changes no subscription`);
  const { anchor, months } = cycle;
  let index = 0;
  while (addMonths(anchor, index * months) > line.start) index -= 1;
  while (addMonths(anchor, (index + 1) * months) <= line.start) index += 1;
  return { start: addMonths(anchor, index * months), end: line.end };
}
