import type { Stripe } from "stripe";
import { cardError, invalid, missingParam } from "../core/errors.ts";
import { emit, update } from "../core/events.ts";
import type { Params } from "../core/params.ts";
import { idOrNull, type World } from "../core/world.ts";
import { behaviourOf, cardOfNumber, cardOfToken } from "./test-cards.ts";

const NO_ADDRESS: Stripe.Address = {
  city: null,
  country: null,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
};

export function addressFrom(params: Params, before: Stripe.Address | null = null): Stripe.Address {
  const address = { ...(before ?? NO_ADDRESS) };
  for (const name of ["city", "country", "line1", "line2", "postal_code", "state"] as const) {
    address[name] = params.nullable(name) ?? address[name];
  }
  return address;
}

function billingDetails(params: Params): Stripe.PaymentMethod.BillingDetails {
  return {
    address: addressFrom(params.group("address")),
    email: params.nullable("email") ?? null,
    name: params.nullable("name") ?? null,
    phone: params.nullable("phone") ?? null,
    tax_id: params.nullable("tax_id") ?? null,
  };
}

type Kept = { number: string; details: Pick<Stripe.PaymentMethod, "type" | "card" | "sepa_debit"> };

/** A new payment method of the parameters `type`, `card` or `sepa_debit`, `billing_details`. */
export function createPaymentMethod(world: World, params: Params): Stripe.PaymentMethod {
  const type = params.choice("type", ["card", "sepa_debit"] as const);
  if (!type) throw missingParam("type");
  const kept = type === "card" ? cardKept(world, params.group("card")) : debitKept(params);
  return keep(world, kept, billingDetails(params.group("billing_details")), params.metadata());
}

function keep(
  world: World,
  { number, details }: Kept,
  billing: Stripe.PaymentMethod.BillingDetails,
  metadata: Record<string, string>,
): Stripe.PaymentMethod {
  const method: Stripe.PaymentMethod = {
    id: world.id("pm"),
    object: "payment_method",
    allow_redisplay: "unspecified",
    billing_details: billing,
    created: world.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata,
    ...details,
  };
  world.store.put("payment_method", method);
  world.store.put("card", { id: method.id, behaviour: number, authenticated: false });
  return method;
}

function cardKept(world: World, params: Params): Kept {
  const token = params.text("token");
  if (token !== undefined) return tokenKept(world, token);
  const { number, brand } = cardOfNumber(params.required("number"));
  const month = params.requiredInteger("exp_month");
  const year = fullYear(params.requiredInteger("exp_year"));
  checkExpiry(world, month, year);
  if (!/^(\d{3,4})?$/.test(params.text("cvc") ?? "")) {
    throw cardError("Your card's security code is invalid.", { code: "invalid_cvc", param: "cvc" });
  }
  return { number, details: { type: "card", card: cardDetails(number, brand, month, year) } };
}

function tokenKept(world: World, token: string): Kept {
  const found = cardOfToken(token);
  if (!found)
    throw invalid(`No such token: '${token}'`, { code: "resource_missing", param: "token" });
  const year = new Date(world.now() * 1_000).getUTCFullYear() + 1;
  return {
    number: found.number,
    details: { type: "card", card: cardDetails(found.number, found.brand, 12, year) },
  };
}

const fullYear = (year: number) => (year < 100 ? 2_000 + year : year);

function checkExpiry(world: World, month: number, year: number): void {
  const now = new Date(world.now() * 1_000);
  if (month < 1 || month > 12) {
    throw cardError("Your card's expiration month is invalid.", {
      code: "invalid_expiry_month",
      param: "exp_month",
    });
  }
  if (year * 12 + month < now.getUTCFullYear() * 12 + now.getUTCMonth() + 1) {
    throw cardError("Your card's expiration year is invalid.", {
      code: "invalid_expiry_year",
      param: "exp_year",
    });
  }
}

function cardDetails(
  number: string,
  brand: string,
  exp_month: number,
  exp_year: number,
): Stripe.PaymentMethod.Card {
  return {
    brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: "pass" },
    country: "US",
    display_brand: brand,
    exp_month,
    exp_year,
    fingerprint: `emulated${number.slice(-8)}`,
    funding: "credit",
    generated_from: null,
    last4: number.slice(-4),
    networks: { available: [brand], preferred: null },
    regulated_status: "unregulated",
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}

function debitKept(params: Params): Kept {
  const iban = params.group("sepa_debit").required("iban").replace(/\s/g, "");
  const sepa_debit: Stripe.PaymentMethod.SepaDebit = {
    bank_code: iban.slice(4, 9),
    branch_code: "",
    country: iban.slice(0, 2),
    fingerprint: `emulated${iban.slice(-8)}`,
    generated_from: { charge: null, setup_attempt: null },
    last4: iban.slice(-4),
  };
  return { number: iban, details: { type: "sepa_debit", sepa_debit } };
}

/** A payment method by its id. `pm_card_visa` and its like become a new one, as at Stripe. */
export function paymentMethodOf(
  world: World,
  id: string,
  param = "payment_method",
): Stripe.PaymentMethod {
  if (!world.store.get("payment_method", id) && cardOfToken(id)) {
    const nobody = { address: NO_ADDRESS, email: null, name: null, phone: null, tax_id: null };
    return keep(world, tokenKept(world, id), nobody, {});
  }
  return world.must("payment_method", id, param);
}

/** Saves it with the customer. A card whose bank says no at once cannot be saved. */
export function attach(world: World, id: string, customer: string): Stripe.PaymentMethod {
  const method = paymentMethodOf(world, id);
  world.customer(customer, "customer");
  const owner = idOrNull(method.customer);
  if (owner === customer) return method;
  if (owner) {
    throw invalid("The payment method you provided has already been attached to a customer.", {
      code: "payment_method_unexpected_state",
      param: "payment_method",
    });
  }
  refuseDeclined(world, method);
  return update(world, "payment_method", method.id, { customer }, "payment_method.attached");
}

export function refuseDeclined(world: World, method: Stripe.PaymentMethod): void {
  const behaviour = behaviourOf(world.must("card", method.id).behaviour);
  if (behaviour.kind !== "declines" || behaviour.onlyCharges) return;
  const { code, declineCode, message } = behaviour;
  throw cardError(message, { code, ...(declineCode ? { decline_code: declineCode } : {}) });
}

export function detach(world: World, id: string): Stripe.PaymentMethod {
  const method = world.must("payment_method", id);
  const customer = idOrNull(method.customer);
  if (!customer) {
    throw invalid(
      "The payment method you provided is not attached to a customer so detachment is impossible.",
      { code: "payment_method_unexpected_state", param: "payment_method" },
    );
  }
  const detached = world.change("payment_method", id, { customer: null });
  emit(world, "payment_method.detached", detached, method);
  forgetDefault(world, customer, id);
  return detached;
}

/** A detached method is nobody's default any more. */
function forgetDefault(world: World, customerId: string, id: string): void {
  const customer = world.store.get("customer", customerId);
  if (customer && !customer.deleted && customer.invoice_settings.default_payment_method === id) {
    const invoice_settings = { ...customer.invoice_settings, default_payment_method: null };
    update(world, "customer", customerId, { invoice_settings }, "customer.updated");
  }
  for (const subscription of world.store.all("subscription")) {
    if (subscription.default_payment_method === id) {
      world.change("subscription", subscription.id, { default_payment_method: null });
    }
  }
}
