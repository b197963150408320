import { Stripe } from "stripe";
import type { CheckoutState, Order } from "../payments.ts";
import { metadataOf, userIdIn } from "./orders.ts";
import { closeOtherPlans, ensureNoPlan, keepNewestPlan } from "./plan-pages.ts";
import { ensurePrice } from "./prices.ts";
import { idOf } from "./stripe-client.ts";

type Params = Stripe.Checkout.SessionCreateParams;

/** @throws DomainError plan_already_active */
export async function createCheckout(
  stripe: Stripe,
  order: Order,
): Promise<{ id: string; url: string }> {
  const isPlan = order.product.kind === "plan";
  if (isPlan) {
    // In this order: a page that could not be closed has been paid, and its plan is seen then.
    await closeOtherPlans(stripe, order);
    await ensureNoPlan(stripe, order);
  }
  const session = await stripe.checkout.sessions.create(
    {
      ...(order.product.kind === "pack" ? packParams(order) : await planParams(stripe, order)),
      customer: order.customer,
      client_reference_id: order.user.id,
      metadata: { ...metadataOf(order), requestId: order.requestId },
      success_url: order.successUrl,
      cancel_url: order.cancelUrl,
      locale: order.locale,
    },
    // One customer is one user; another one in his place makes it another question.
    { idempotencyKey: `checkout:${order.customer}:${order.requestId}` },
  );
  if (isPlan) await keepNewestPlan(stripe, order);
  if (!session.url) throw new Error(`the checkout ${session.id} has no page`);
  return { id: session.id, url: session.url };
}

/** What the buyer saw is what is charged: the price goes along, whatever Stripe may know of the pack. */
function packParams(order: Order): Params {
  const { name, priceCents, currency } = order.product;
  const metadata = { ...metadataOf(order) };
  return {
    mode: "payment",
    line_items: [
      {
        quantity: 1,
        price_data: { currency, unit_amount: priceCents, product_data: { name } },
      },
    ],
    payment_intent_data: { metadata },
    // The buyer's own tick keeps the card, for purchases that they may allow us later; nothing is kept without it.
    saved_payment_method_options: { payment_method_save: "enabled" },
    // A receipt with an invoice number, in the same list as those of the plans.
    invoice_creation: { enabled: true, invoice_data: { metadata } },
  };
}

async function planParams(stripe: Stripe, order: Order): Promise<Params> {
  const { product, user } = order;
  if (product.kind !== "plan") throw new Error(`${product.code} is no plan`);
  return {
    mode: "subscription",
    line_items: [{ quantity: 1, price: await ensurePrice(stripe, product) }],
    subscription_data: { metadata: { userId: user.id, userEmail: user.email } },
  };
}

/** @returns null for a session that does not exist */
export async function findCheckout(stripe: Stripe, id: string): Promise<CheckoutState | null> {
  try {
    const session = await stripe.checkout.sessions.retrieve(id, {
      expand: ["payment_intent", "subscription"],
    });
    return {
      userId: userIdIn(session.metadata),
      status: statusOf(session),
      payment: session.mode === "payment" ? (idOf(session.payment_intent) ?? session.id) : null,
      subscription: idOf(session.subscription),
    };
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 404) {
      return null;
    }
    throw error;
  }
}

function statusOf(session: Stripe.Checkout.Session): CheckoutState["status"] {
  if (session.status === "expired") return "expired";
  if (session.status !== "complete") return "open";
  if (session.payment_status !== "unpaid") return "paid";
  // A bank that was asked days ago has said no: the money is not on its way any more.
  const paidFor = [session.payment_intent, session.subscription];
  const isRefused = paidFor.some(
    (object) => object !== null && typeof object === "object" && refused.has(object.status),
  );
  return isRefused ? "failed" : "processing";
}

/** States of a payment and of a plan. */
const refused = new Set<string>([
  ...["requires_payment_method", "canceled"],
  ...["incomplete_expired", "past_due", "unpaid"],
]);
