import type { Stripe } from "stripe";
import { payInvoice } from "../billing/collection.ts";
import { paymentsOf } from "../billing/invoice-relations.ts";
import { idOrNull } from "../core/world.ts";
import { attach } from "../payments/payment-methods.ts";
import { payForm } from "./card-form.ts";
import { formOf } from "./checkout-page.ts";
import { alert, cardFields, day, html, money, NOTHING, page, TEST_CARDS } from "./layout.ts";
import { attempt, type PageAnswer, type PageCall, redirect, show } from "./page-call.ts";
import { pdfOf } from "./pdf.ts";

/** The hosted invoice: what it is for, its PDF, and a form as long as it is unpaid. */
export function invoicePage(call: PageCall): PageAnswer {
  const [id = "", part] = call.id.split("/");
  const { world, method } = call;
  const invoice = world.must("invoice", id);
  if (part === "pdf") {
    return { kind: "pdf", body: pdfOf(linesOf(invoice)), name: `Invoice-${invoice.number}.pdf` };
  }
  if (method !== "POST" || invoice.status !== "open") return show(invoiceHtml(invoice));
  const result = attempt(() =>
    call.act(() => {
      const card = payForm(world, formOf(call.form));
      attach(world, card.id, idOrNull(invoice.customer) ?? "");
      return card.id;
    }),
  );
  if ("refusal" in result) return show(invoiceHtml(invoice, result.refusal), 402);
  return payWith(call, id, result.value);
}

function payWith(call: PageCall, id: string, method: string): PageAnswer {
  const { world } = call;
  const paid = attempt(() => call.act(() => payInvoice(world, id, { method, elsewhere: false })));
  if (!("refusal" in paid)) return redirect(`/invoices/${id}`);
  const intent = paymentsOf(world, id)[0]?.payment.payment_intent;
  const asks = world.store.get("payment_intent", String(intent))?.status === "requires_action";
  if (asks) return redirect(`/authenticate/${intent}`);
  return show(invoiceHtml(world.must("invoice", id), paid.refusal), 402);
}

function invoiceHtml(invoice: Stripe.Invoice, problem?: string): string {
  const isOpen = invoice.status === "open";
  const rows = invoice.lines.data.map(
    (line) =>
      html`<tr><td>${line.description}</td><td>${money(line.amount, line.currency)}</td></tr>`,
  );
  const sum = money(invoice.total, invoice.currency);
  const body = html`<section><h1>Invoice ${invoice.number ?? "(draft)"}</h1>
<p class="soft">${day(invoice.created)} · ${invoice.customer_email} · ${invoice.status}</p>
<table><thead><tr><th scope="col">What</th><th scope="col">Amount</th></tr></thead><tbody>${rows}</tbody>
<tfoot><tr><th scope="row">Total</th><td><strong>${sum}</strong></td></tr>
<tr><th scope="row">Due</th><td>${money(invoice.amount_remaining, invoice.currency)}</td></tr></tfoot></table>
${invoice.invoice_pdf ? html`<p class="row"><a class="button" href="${invoice.invoice_pdf}">Download PDF</a></p>` : NOTHING}</section>
${
  isOpen
    ? html`<form class="box" method="post"><h2>Pay</h2>${alert(problem)}${cardFields(null, false)}
<button class="main" type="submit">Pay ${money(invoice.amount_remaining, invoice.currency)}</button>${TEST_CARDS}</form>`
    : NOTHING
}`;
  return page(`Invoice ${invoice.number ?? ""}`, body, isOpen ? "two" : "one");
}

const linesOf = (invoice: Stripe.Invoice): string[] => [
  `Invoice ${invoice.number ?? "(draft)"}`,
  "",
  `${invoice.account_name ?? ""}, test mode: no money has moved`,
  `Date: ${day(invoice.created)}`,
  `For: ${invoice.customer_name ?? ""} ${invoice.customer_email ?? ""}`,
  `Status: ${invoice.status}`,
  "",
  ...invoice.lines.data.map(
    (line) => `${money(line.amount, line.currency)}   ${line.description ?? ""}`,
  ),
  "",
  `Total: ${money(invoice.total, invoice.currency)}`,
  `Paid: ${money(invoice.amount_paid, invoice.currency)}`,
  `Due: ${money(invoice.amount_remaining, invoice.currency)}`,
];

/** The receipt of a charge. */
export function receiptPage({ world, id }: PageCall): PageAnswer {
  const charge = world.must("charge", id);
  const card = charge.payment_method_details?.card;
  const body = html`<section><h1>Receipt</h1><p class="total">${money(charge.amount_captured, charge.currency)}</p>
<p>${charge.description ?? "Payment"} · ${day(charge.created)}</p>
<p class="soft">${card ? `${card.brand} ending in ${card.last4}` : "Bank debit"} · ${charge.status}</p>
${charge.amount_refunded ? html`<p>Refunded: ${money(charge.amount_refunded, charge.currency)}</p>` : NOTHING}</section>`;
  return show(page("Receipt", body));
}
