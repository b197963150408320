import type { Page } from "@tintype/core/assets";
import type { InvoicesInput, InvoiceView } from "@tintype/core/billing-inputs";
import type { UserActor } from "../context.ts";
import { readAsUser } from "../read-as-user.ts";
import { findCustomer } from "./customers.ts";
import { answeredSoon, type PaymentContext, paymentsOf } from "./payment-context.ts";

/** The user's invoices and receipts, newest first, as the provider keeps them. @throws DomainError payments_unavailable */
export async function listInvoices(
  ctx: PaymentContext<UserActor>,
  { cursor, limit }: InvoicesInput,
): Promise<Page<InvoiceView>> {
  const payments = paymentsOf(ctx);
  const customer = await readAsUser(ctx, (db) => findCustomer({ ...ctx, db }));
  if (!customer) return { items: [], nextCursor: null };
  const { items, next } = await answeredSoon(payments.listInvoices(customer, limit, cursor));
  return { items, nextCursor: next };
}
