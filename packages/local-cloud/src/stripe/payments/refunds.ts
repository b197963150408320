import type { Stripe } from "stripe";
import { invalid, missingParam } from "../core/errors.ts";
import { emit, update } from "../core/events.ts";
import type { Params } from "../core/params.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";
import { createdFilter, LIST_PARAMS, pageOf } from "../http/list.ts";
import type { Routes } from "../http/routes.ts";
import { moveBalance } from "./balance.ts";
import { behaviourOf } from "./test-cards.ts";

const REASONS = ["duplicate", "fraudulent", "requested_by_customer"] as const;

function chargeToRefund(world: World, params: Params): Stripe.Charge {
  const charge = params.text("charge");
  const intentId = params.text("payment_intent");
  if (charge !== undefined) return world.must("charge", charge, "charge");
  if (intentId === undefined) throw missingParam("payment_intent");
  const intent = world.must("payment_intent", intentId, "payment_intent");
  if (intent.status !== "succeeded") {
    throw invalid(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`, {
      code: "payment_intent_unexpected_state",
      param: "payment_intent",
    });
  }
  return world.must("charge", idOf(intent.latest_charge ?? ""));
}

function checkRefundable(world: World, charge: Stripe.Charge, amount: number): void {
  const rest = charge.amount_captured - charge.amount_refunded;
  if (!charge.paid || charge.status !== "succeeded") {
    throw invalid(`Charge ${charge.id} has not been paid.`, { param: "charge" });
  }
  if (rest <= 0) {
    throw invalid(`Charge ${charge.id} has already been refunded.`, {
      code: "charge_already_refunded",
    });
  }
  const dispute = world.store
    .all("dispute")
    .find((each) => each.charge === charge.id && !each.is_charge_refundable);
  if (dispute) {
    throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: "charge_disputed",
    });
  }
  if (amount <= 0) {
    throw invalid("Invalid positive integer", {
      code: "parameter_invalid_integer",
      param: "amount",
    });
  }
  if (amount > rest) {
    throw invalid(
      `Refund amount (${money(amount)}) is greater than unrefunded amount on charge (${money(rest)})`,
      { param: "amount" },
    );
  }
}

const money = (amount: number) => `$${(amount / 100).toFixed(2)}`;

function createRefund(world: World, params: Params): Stripe.Refund {
  params.allowOnly([
    "charge",
    "payment_intent",
    "amount",
    "reason",
    "metadata",
    "instructions_email",
  ]);
  const charge = chargeToRefund(world, params);
  const amount = params.integer("amount") ?? charge.amount_captured - charge.amount_refunded;
  checkRefundable(world, charge, amount);
  const id = world.id(charge.id.startsWith("py") ? "pyr" : "re");
  const transaction = moveBalance(world, {
    amount: -amount,
    fee: 0,
    currency: charge.currency,
    source: id,
    type: "refund",
    category: "refund",
    description: "REFUND FOR CHARGE",
  });
  const refund: Stripe.Refund = {
    id,
    object: "refund",
    amount,
    balance_transaction: transaction.id,
    charge: charge.id,
    created: world.now(world.clockOf(idOrNull(charge.customer))),
    currency: charge.currency,
    customer: idOrNull(charge.customer),
    customer_account: null,
    destination_details: {
      card: {
        reference_status: "pending",
        reference_type: "acquirer_reference_number",
        type: "refund",
      },
      type: "card",
    },
    metadata: params.metadata(),
    payment_intent: idOrNull(charge.payment_intent),
    payment_method: charge.payment_method,
    reason: params.choice("reason", REASONS) ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: "succeeded",
    transfer_reversal: null,
  };
  world.store.put("refund", refund);
  emit(world, "refund.created", refund);
  const amount_refunded = charge.amount_refunded + amount;
  update(
    world,
    "charge",
    charge.id,
    { amount_refunded, refunded: amount_refunded === charge.amount_captured },
    "charge.refunded",
  );
  if (comesBack(world, charge)) {
    const clock = world.clockOf(idOrNull(refund.customer));
    world.schedule("refund.fail", id, refund.created + world.settings.debitSeconds, clock);
  }
  return refund;
}

function comesBack(world: World, { payment_method }: Stripe.Charge): boolean {
  const card = payment_method === null ? undefined : world.store.get("card", payment_method);
  const behaviour = card && behaviourOf(card.behaviour);
  return behaviour?.kind === "pays" && behaviour.refundsFail === true;
}

/** The bank could not give the money to its holder and sends it back: we have it again, and the charge stands. */
export function failRefund(world: World, id: string): Stripe.Refund {
  const before = world.must("refund", id);
  if (before.status !== "succeeded") throw invalid(`The refund ${id} is ${before.status}.`);
  const charge = world.must("charge", idOf(before.charge ?? ""));
  const { amount, currency } = before;
  const transaction = moveBalance(world, {
    ...{ amount, fee: 0, currency, source: id, type: "refund_failure", category: "refund_failure" },
    description: "REFUND FAILURE",
  });
  world.change("charge", charge.id, {
    amount_refunded: charge.amount_refunded - amount,
    refunded: false,
  });
  const refund = world.change("refund", id, {
    status: "failed",
    failure_reason: "lost_or_stolen_card",
    failure_balance_transaction: transaction.id,
  });
  emit(world, "refund.failed", refund, before);
  emit(world, "charge.refund.updated", refund, before);
  return refund;
}

export const refundRoutes: Routes = {
  "POST /v1/refunds": ({ world, params }) => createRefund(world, params),
  "GET /v1/refunds": ({ world, params }) => {
    params.allowOnly([...LIST_PARAMS, "charge", "payment_intent", "created"]);
    const [charge, intent] = [params.text("charge"), params.text("payment_intent")];
    const isAsked = createdFilter(params);
    const rows = world.store
      .all("refund")
      .filter(
        (refund) =>
          isAsked(refund) &&
          (charge === undefined || refund.charge === charge) &&
          (intent === undefined || refund.payment_intent === intent),
      );
    return pageOf(params, rows, "/v1/refunds");
  },
  "GET /v1/refunds/:id": ({ world, id }) => world.must("refund", id()),
  "POST /v1/refunds/:id": ({ world, params, id }) => {
    const before = world.must("refund", id());
    const metadata = params.allowOnly(["metadata"]).metadata(before.metadata ?? {});
    const refund = update(world, "refund", id(), { metadata }, "refund.updated");
    emit(world, "charge.refund.updated", refund, before);
    return refund;
  },
};
