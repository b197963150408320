import type { Stripe } from "stripe";
import { Params } from "../core/params.ts";
import type { World } from "../core/world.ts";
import { createPaymentMethod } from "../payments/payment-methods.ts";

/** What a person types. Without an expiry and a security code any valid ones are taken. */
export type CardForm = {
  number: string;
  /** "MM / YY" */
  expiry?: string;
  cvc?: string;
  email?: string;
  name?: string;
  /** The box under the card is ticked. */
  saveCard?: boolean;
};

/** A payment method of what was typed; errors name what is wrong with the card. */
export function payForm(world: World, form: CardForm): Stripe.PaymentMethod {
  const nextYear = new Date(world.now() * 1_000).getUTCFullYear() + 1;
  const [month = "", year = ""] = (form.expiry ?? `12/${nextYear}`)
    .split("/")
    .map((part) => part.trim());
  const isDebit = /^[A-Z]{2}\d{2}/.test(form.number);
  const billing_details = {
    ...(form.email ? { email: form.email } : {}),
    ...(form.name ? { name: form.name } : {}),
  };
  return createPaymentMethod(
    world,
    new Params(
      isDebit
        ? { type: "sepa_debit", sepa_debit: { iban: form.number }, billing_details }
        : {
            type: "card",
            card: { number: form.number, exp_month: month, exp_year: year, cvc: form.cvc ?? "123" },
            billing_details,
          },
    ),
  );
}
