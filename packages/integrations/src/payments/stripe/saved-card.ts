import type { SavedCard } from "@tintype/core/billing-inputs";
import type { Stripe } from "stripe";
import type { CardRequest } from "../payments.ts";

/** What pays when nobody is there: the customer's own choice, or the newest card that was saved. */
export async function findPaymentMethod(
  stripe: Stripe,
  customer: string,
): Promise<Stripe.PaymentMethod | null> {
  const known = await stripe.customers.retrieve(customer, {
    expand: ["invoice_settings.default_payment_method"],
  });
  if (known.deleted) return null;
  const chosen = known.invoice_settings.default_payment_method;
  if (typeof chosen === "object" && chosen !== null) return chosen;
  const { data } = await stripe.paymentMethods.list({ customer, type: "card", limit: 1 });
  return data[0] ?? null;
}

export async function findCard(stripe: Stripe, customer: string): Promise<SavedCard | null> {
  const method = await findPaymentMethod(stripe, customer);
  if (!method) return null;
  const { type, card } = method;
  if (!card) return { brand: type, last4: method.sepa_debit?.last4 ?? null, expires: null };
  const { brand, last4, exp_month: month, exp_year: year } = card;
  return { brand, last4, expires: { month, year } };
}

/**
 * A page that saves a card and charges nothing: with Stripe's own words that it will pay later, and the bank's
 * confirmation for payments without its holder.
 */
export async function saveCard(
  stripe: Stripe,
  { requestId, user, customer, successUrl, cancelUrl, locale }: CardRequest,
): Promise<{ id: string; url: string }> {
  const metadata = { userId: user.id, userEmail: user.email };
  const session = await stripe.checkout.sessions.create(
    {
      ...{ mode: "setup", currency: "usd", allowed_payment_method_types: ["card"] },
      ...{ customer, client_reference_id: user.id, locale },
      metadata: { ...metadata, requestId },
      setup_intent_data: { metadata },
      ...{ success_url: successUrl, cancel_url: cancelUrl },
    },
    { idempotencyKey: `card:${customer}:${requestId}` },
  );
  if (!session.url) throw new Error(`the checkout ${session.id} has no page`);
  return { id: session.id, url: session.url };
}
