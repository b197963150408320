import type { InvoiceView } from "@tintype/core/billing-inputs";
import { DomainError } from "@tintype/core/problems";
import type { Stripe } from "stripe";
import type { InvoicePage } from "../payments.ts";
import { orderOf } from "./orders.ts";
import { idOf, timeOf, unlessUnknown } from "./stripe-client.ts";

/**
 * The papers of what was paid: Stripe's invoices, and the receipts of the charges that have none (automatic purchases,
 * which are payments without a checkout or a plan behind them).
 */

/** Of the charges between two invoices; nobody has that many. */
const MAX_CHARGES = 500;

/** Newest first. @param after the last invoice of the page before */
export async function listDocuments(
  stripe: Stripe,
  customer: string,
  limit: number,
  after: string | undefined,
): Promise<InvoicePage> {
  const before = after === undefined ? null : await lastOfPage(stripe, customer, after);
  const page = await unlessUnknown("customer", () =>
    stripe.invoices.list({
      ...{ customer, limit },
      ...(after !== undefined && { starting_after: after }),
    }),
  );
  if (!page) return { items: [], next: null };
  const last = page.data.at(-1);
  // Pages are counted in invoices; with each come the receipts from the time it covers, so none is shown twice.
  const receipts = await listReceipts(stripe, customer, {
    ...(before && { lt: before.created }),
    ...(page.has_more && last && { gte: last.created }),
  });
  const invoices = page.data.flatMap((invoice) => viewOf(invoice) ?? []);
  const items = [...invoices, ...receipts].toSorted(
    (one, other) => other.createdAt.getTime() - one.createdAt.getTime(),
  );
  return { items, next: page.has_more ? (last?.id ?? null) : null };
}

/** A cursor comes from a browser, which may have made it up. @throws DomainError invalid_input */
async function lastOfPage(
  stripe: Stripe,
  customer: string,
  cursor: string,
): Promise<Stripe.Invoice> {
  const invoice = await unlessUnknown("invoice", () => stripe.invoices.retrieve(cursor));
  if (invoice && idOf(invoice.customer) === customer) return invoice;
  const issues = [{ field: "cursor", rule: "invalid_format" }];
  throw new DomainError({ code: "invalid_input", issues });
}

async function listReceipts(
  stripe: Stripe,
  customer: string,
  created: { lt?: number; gte?: number },
): Promise<InvoiceView[]> {
  const charges = await stripe.charges
    .list({ customer, limit: 100, ...(Object.keys(created).length > 0 && { created }) })
    .autoPagingToArray({ limit: MAX_CHARGES });
  return charges.filter(hasNoInvoice).map((charge) => ({
    ...{ id: charge.id, number: charge.receipt_number, createdAt: timeOf(charge.created) },
    ...{ status: "paid", totalCents: charge.amount_captured },
    ...{ url: charge.receipt_url, pdfUrl: null },
  }));
}

const hasNoInvoice = ({ metadata, status }: Stripe.Charge): boolean =>
  status === "succeeded" && orderOf(metadata)?.kind === "top_up";

/** A draft may still change: it is shown as the next bill, not as an invoice. */
function viewOf(invoice: Stripe.Invoice): InvoiceView | null {
  const status = shownStatuses.find((shown) => shown === invoice.status);
  if (!status) return null;
  return {
    ...{ id: invoice.id, number: invoice.number, createdAt: timeOf(invoice.created), status },
    totalCents: invoice.total,
    url: invoice.hosted_invoice_url ?? null,
    pdfUrl: invoice.invoice_pdf ?? null,
  };
}

const shownStatuses = ["open", "paid", "void", "uncollectible"] as const;

/**
 * Where a payment can be seen: its invoice, which comes a moment after the money, or the receipt of its charge.
 * @returns null where there is neither, as for a payment that Stripe does not know
 */
export async function findDocument(stripe: Stripe, payment: string): Promise<string | null> {
  const found = await unlessUnknown("payment_intent", () =>
    Promise.all([
      stripe.invoicePayments.list({
        payment: { type: "payment_intent", payment_intent: payment },
        ...{ status: "paid", limit: 1, expand: ["data.invoice"] },
      }),
      stripe.charges.list({ payment_intent: payment, limit: 10 }),
    ]),
  );
  if (!found) return null;
  const [invoiced, charges] = found;
  const invoice = invoiced.data[0]?.invoice;
  if (typeof invoice === "object" && !invoice.deleted && invoice.hosted_invoice_url) {
    return invoice.hosted_invoice_url;
  }
  return charges.data.find(({ status }) => status === "succeeded")?.receipt_url ?? null;
}
