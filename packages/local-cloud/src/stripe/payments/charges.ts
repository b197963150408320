import type { Stripe } from "stripe";
import { emit, update } from "../core/events.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";
import { chargeFee, moveBalance } from "./balance.ts";

export type Decline = { code: string; declineCode: string | null; message: string };

const NOT_FRAUD: Stripe.Charge.FraudDetails = {};

/** A charge of the intent, not captured and not yet told of. */
function draft(
  world: World,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
): Stripe.Charge {
  const id = world.id(method.type === "card" ? "ch" : "py");
  const { tax_id: _, ...billing } = method.billing_details;
  return {
    id,
    object: "charge",
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { ...billing, tax_id: null },
    calculated_statement_descriptor: "TINTYPE",
    captured: false,
    created: world.now(world.clockOf(idOrNull(intent.customer))),
    currency: intent.currency,
    customer: idOrNull(intent.customer),
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: NOT_FRAUD,
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: null,
    paid: false,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: methodDetails(method),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: `${world.url}/receipts/${id}`,
    refunded: false,
    review: null,
    shipping: intent.shipping,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: "pending",
    transfer_data: null,
    transfer_group: null,
  };
}

function methodDetails(method: Stripe.PaymentMethod): Stripe.Charge.PaymentMethodDetails {
  const { card, sepa_debit } = method;
  if (!card) {
    const { bank_code, branch_code, country, fingerprint, last4 } = sepa_debit ?? {};
    const details = { bank_code, branch_code, country, fingerprint, last4, mandate: null };
    return {
      type: "sepa_debit",
      sepa_debit: details as Stripe.Charge.PaymentMethodDetails.SepaDebit,
    };
  }
  const { brand, country, exp_month, exp_year, fingerprint, funding, last4, checks } = card;
  const details = {
    amount_authorized: null,
    brand,
    checks,
    country,
    exp_month,
    exp_year,
    fingerprint,
    funding,
    installments: null,
    last4,
    mandate: null,
    network: brand,
    three_d_secure: null,
    wallet: null,
  };
  // Stripe's type lists several values that only live payments have.
  return { type: "card", card: details as unknown as Stripe.Charge.PaymentMethodDetails.Card };
}

const APPROVED: Stripe.Charge.Outcome = {
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: "approved_by_network",
  reason: null,
  risk_level: "normal",
  seller_message: "Payment complete.",
  type: "authorized",
};

/** The money is there, or reserved when it will be captured later. */
export function succeededCharge(
  world: World,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  captured: boolean,
): Stripe.Charge {
  const charge = { ...draft(world, intent, method), outcome: APPROVED, paid: true };
  world.store.put("charge", { ...charge, status: "succeeded" });
  if (captured) settleCharge(world, charge.id, intent.amount);
  const settled = world.must("charge", charge.id);
  emit(world, "charge.succeeded", settled);
  return settled;
}

export function captureCharge(world: World, id: string, amount: number): Stripe.Charge {
  const before = world.must("charge", id);
  const captured = settleCharge(world, id, amount);
  emit(world, "charge.captured", captured, before);
  return captured;
}

function settleCharge(world: World, id: string, amount: number): Stripe.Charge {
  const charge = world.must("charge", id);
  const transaction = moveBalance(world, {
    amount,
    fee: chargeFee(amount),
    currency: charge.currency,
    source: id,
    type: charge.payment_method_details?.type === "card" ? "charge" : "payment",
    category: "charge",
    description: charge.description,
  });
  return world.change("charge", id, {
    amount_captured: amount,
    captured: true,
    status: "succeeded",
    paid: true,
    balance_transaction: transaction.id,
  });
}

/** Sent to the bank, which takes its time. */
export function pendingCharge(
  world: World,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
): Stripe.Charge {
  const charge: Stripe.Charge = { ...draft(world, intent, method), captured: true };
  world.store.put("charge", charge);
  emit(world, "charge.pending", charge);
  return charge;
}

export function settlePendingCharge(world: World, id: string): Stripe.Charge {
  const before = world.must("charge", id);
  const charge = settleCharge(world, id, before.amount);
  emit(world, "charge.succeeded", charge, before);
  return charge;
}

const declinedOutcome = ({ declineCode, code }: Decline): Stripe.Charge.Outcome => ({
  ...APPROVED,
  advice_code: "try_again_later",
  network_status: "declined_by_network",
  reason: declineCode ?? code,
  seller_message: "The bank did not return any further details with this decline.",
  type: "issuer_declined",
});

export function failedCharge(
  world: World,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  decline: Decline,
): Stripe.Charge {
  const charge = draft(world, intent, method);
  world.store.put("charge", charge);
  return failCharge(world, charge.id, decline);
}

export function failCharge(world: World, id: string, decline: Decline): Stripe.Charge {
  return update(
    world,
    "charge",
    id,
    {
      status: "failed",
      captured: false,
      paid: false,
      failure_code: decline.code,
      failure_message: decline.message,
      outcome: declinedOutcome(decline),
    },
    "charge.failed",
  );
}

/** The charges of a payment, oldest first. */
export const chargesOf = (world: World, intent: string): Stripe.Charge[] =>
  world.store.all("charge").filter((charge) => idOf(charge.payment_intent ?? "") === intent);
