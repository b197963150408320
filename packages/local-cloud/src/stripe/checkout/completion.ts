import type { Stripe } from "stripe";
import { closePaid } from "../billing/invoice-closing.ts";
import { draftInvoice, finalizeInvoice } from "../billing/invoices.ts";
import { itemLine, itemOf } from "../billing/lines.ts";
import { emit, update } from "../core/events.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";
import { attach } from "../payments/payment-methods.ts";
import type { Session } from "./payment.ts";

export const onceItem = (customer: string, line: Stripe.LineItem, now: number) => ({
  customer,
  amount: line.amount_total,
  currency: line.currency,
  description: line.description,
  period: { start: now, end: now },
  quantity: line.quantity ?? 1,
  ...(line.price ? { price: line.price } : {}),
});

/** The session is over, well. Its payment may still be under way. */
export function complete(
  world: World,
  id: string,
  payment_status: Session["payment_status"],
): void {
  const { intent, subscription } = world.must("order", id);
  const mode = world.must("checkout.session", id).mode;
  world.unschedule("session.expire", id);
  const settled = subscription ? world.must("subscription", subscription) : null;
  world.change("checkout.session", id, {
    status: "complete",
    payment_status,
    url: null,
    ...(mode === "payment" ? { payment_intent: intent } : {}),
    ...(mode === "setup" ? { setup_intent: intent } : {}),
    ...(settled ? { subscription: settled.id, invoice: settled.latest_invoice } : {}),
  });
  keepMethod(world, id);
  if (mode === "payment" && payment_status === "paid") invoiceOnce(world, id);
  emit(world, "checkout.session.completed", world.must("checkout.session", id));
}

/**
 * The buyer ticked the box, or the session was made to save a card: Stripe may show it in later checkouts. That alone
 * prepares no payment without its holder: a bank that asks will ask again.
 */
function keepMethod(world: World, id: string): void {
  const { mode, customer } = world.must("checkout.session", id);
  const { keepsMethod, intent, subscription } = world.must("order", id);
  const used =
    mode === "subscription"
      ? subscription && world.must("subscription", subscription).default_payment_method
      : intent &&
        (world.store.get("setup_intent", intent) ?? world.must("payment_intent", intent))
          .payment_method;
  const method = idOrNull(used || null);
  if (!method || !customer || !(keepsMethod || mode === "setup")) return;
  world.change("payment_method", method, { allow_redisplay: "always" });
  attach(world, method, idOf(customer));
}

/** `invoice_creation`: a paid invoice of what was bought. */
function invoiceOnce(world: World, id: string): void {
  const session = world.must("checkout.session", id);
  const order = world.must("order", id);
  if (!session.invoice_creation?.enabled || !session.customer || !order.intent) return;
  const customer = world.customer(idOf(session.customer));
  const now = world.now(world.clockOf(customer.id));
  const { description, footer, metadata } = session.invoice_creation.invoice_data;
  const invoice = draftInvoice(
    world,
    {
      customer,
      currency: session.currency ?? "usd",
      reason: "manual",
      lines: order.lines.map((line) =>
        itemLine(world, itemOf(world, onceItem(customer.id, line, now))),
      ),
      description,
      footer,
      metadata,
    },
    false,
  );
  finalizeInvoice(world, invoice.id, world.must("payment_intent", order.intent));
  closePaid(world, invoice.id);
  world.change("checkout.session", id, { invoice: invoice.id });
}

const sessionOf = (world: World, intent: string): Session | undefined => {
  const order = world.store.all("order").find((each) => each.intent === intent);
  return order && world.store.get("checkout.session", order.id);
};

/** The payment of a session came through: now, after the holder confirmed it, or days later. */
export function sessionPaid(world: World, intent: Stripe.PaymentIntent): void {
  const session = sessionOf(world, intent.id);
  if (!session) return;
  const { subscription } = world.must("order", session.id);
  if (subscription) {
    const method = idOrNull(intent.payment_method);
    world.change("subscription", subscription, { default_payment_method: method });
  }
  if (session.status === "open") complete(world, session.id, "paid");
  else if (session.payment_status === "unpaid") {
    const change = { payment_status: "paid" } as const;
    const type = "checkout.session.async_payment_succeeded";
    update(world, "checkout.session", session.id, change, type);
  }
}

export function sessionUnpaid(world: World, intent: Stripe.PaymentIntent): void {
  const session = sessionOf(world, intent.id);
  if (session?.status !== "complete" || session.payment_status !== "unpaid") return;
  emit(world, "checkout.session.async_payment_failed", session);
}

export function sessionSaved(world: World, intent: Stripe.SetupIntent): void {
  const session = sessionOf(world, intent.id);
  if (session?.status === "open") complete(world, session.id, "no_payment_required");
}
