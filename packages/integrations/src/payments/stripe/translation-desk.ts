import type { BillingEvent } from "@tintype/core/billing-events";
import type { Stripe } from "stripe";
import type { Knowledge } from "../payments.ts";
import { readLines } from "./read.ts";
import { isOurs } from "./translate-invoices.ts";

/** `at` is when the object was as the event carries it. */
export type Told = { userId: string; at: Date };
export type Desk = { stripe: Stripe; knowledge: Knowledge };
export type Handled = BillingEvent[] | "not_ours";

export const isInvoiceOfOurs = async (stripe: Stripe, invoice: Stripe.Invoice): Promise<boolean> =>
  isOurs(invoice, await readLines(stripe, invoice));
