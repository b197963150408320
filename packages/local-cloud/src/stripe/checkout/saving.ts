import type { Stripe } from "stripe";
import { invalid } from "../core/errors.ts";
import type { Params } from "../core/params.ts";
import type { Mode } from "./sessions.ts";

/** Whether the page has a box that keeps the card. There must be a customer to keep it with. */
export function savingOf(
  params: Params,
  mode: Mode,
): Stripe.Checkout.Session.SavedPaymentMethodOptions | null {
  const name = "saved_payment_method_options";
  if (!params.has(name)) return null;
  if (mode === "setup") {
    throw invalid(`You can not pass \`${name}\` in \`setup\` mode.`, { param: name });
  }
  const options = params
    .group(name)
    .allowOnly(["allow_redisplay_filters", "payment_method_remove", "payment_method_save"]);
  const choices = ["disabled", "enabled"] as const;
  const save = options.choice("payment_method_save", choices) ?? null;
  const hasCustomer =
    params.has("customer") ||
    mode === "subscription" ||
    params.text("customer_creation") === "always";
  if (save === "enabled" && !hasCustomer) {
    throw invalid(
      `You must pass \`customer\`, or \`customer_creation\` as \`always\`, to save payment methods.`,
      { param: options.nameOf("payment_method_save") },
    );
  }
  return {
    allow_redisplay_filters: options.texts("allow_redisplay_filters") ?? ["always"],
    payment_method_remove: options.choice("payment_method_remove", choices) ?? "disabled",
    payment_method_save: save ?? "disabled",
  };
}
