import type { Stripe } from "stripe";
import { emit, update } from "../core/events.ts";
import { idOrNull, type World } from "../core/world.ts";
import { cancelPaymentIntent } from "../payments/payment-intents.ts";
import { paymentsOf, requireStatus } from "./invoice-relations.ts";

/** Paid: by its payment, or because there was nothing to pay, or elsewhere. */
export function closePaid(world: World, id: string, elsewhere = false): Stripe.Invoice {
  const before = world.must("invoice", id);
  const now = world.now(idOrNull(before.test_clock));
  world.unschedule("invoice.collect", id);
  const payment = paymentsOf(world, id).find((each) => each.status === "open");
  if (payment && !elsewhere) {
    const change = {
      status: "paid",
      amount_paid: before.amount_due,
      status_transitions: { canceled_at: null, paid_at: now },
    };
    update(world, "invoice_payment", payment.id, change, "invoice_payment.paid");
  }
  const paid = world.change("invoice", id, {
    status: "paid",
    attempted: true,
    amount_paid: before.amount_due,
    amount_remaining: 0,
    ...(elsewhere ? { amount_paid_off_stripe: before.amount_due } : {}),
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...before.status_transitions, paid_at: now },
  });
  emit(world, "invoice.paid", paid);
  emit(world, "invoice.payment_succeeded", paid);
  world.reactions.invoicePaid(world, paid);
  return world.must("invoice", id);
}

function dropPayment(world: World, id: string): void {
  world.unschedule("invoice.collect", id);
  for (const payment of paymentsOf(world, id)) {
    const intent = world.store.get("payment_intent", String(payment.payment.payment_intent));
    if (payment.status !== "open") continue;
    world.change("invoice_payment", payment.id, { status: "canceled" });
    if (intent && !["succeeded", "canceled", "processing"].includes(intent.status)) {
      cancelPaymentIntent(world, intent.id, "void_invoice");
    }
  }
}

export function voidInvoice(world: World, id: string): Stripe.Invoice {
  const before = world.must("invoice", id);
  requireStatus(
    before,
    ["open", "uncollectible"],
    "You can only void open or uncollectible invoices.",
  );
  dropPayment(world, id);
  const voided_at = world.now(idOrNull(before.test_clock));
  const change: Partial<Stripe.Invoice> = {
    status: "void",
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...before.status_transitions, voided_at },
  };
  const voided = update(world, "invoice", id, change, "invoice.voided");
  world.reactions.invoiceClosed(world, voided);
  return world.must("invoice", id);
}

export function markUncollectible(world: World, id: string): Stripe.Invoice {
  const before = world.must("invoice", id);
  requireStatus(before, ["open"], "You can only mark open invoices as uncollectible.");
  world.unschedule("invoice.collect", id);
  const marked_uncollectible_at = world.now(idOrNull(before.test_clock));
  const change: Partial<Stripe.Invoice> = {
    status: "uncollectible",
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...before.status_transitions, marked_uncollectible_at },
  };
  const marked = update(world, "invoice", id, change, "invoice.marked_uncollectible");
  world.reactions.invoiceClosed(world, marked);
  return world.must("invoice", id);
}
