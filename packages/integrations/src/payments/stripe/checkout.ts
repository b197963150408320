import { Stripe } from "stripe";
import type { CheckoutState, Order } from "../payments.ts";
import { metadataOf, userIdIn } from "./orders.ts";
import { ensurePrice } from "./prices.ts";
import { idOf } from "./stripe-client.ts";

type Params = Stripe.Checkout.SessionCreateParams;

export async function createCheckout(
  stripe: Stripe,
  order: Order,
): Promise<{ id: string; url: string }> {
  if (order.product.kind === "plan") await closeOtherPlans(stripe, order);
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
    { idempotencyKey: `checkout:${order.user.id}:${order.requestId}` },
  );
  if (!session.url) throw new Error(`the checkout ${session.id} has no page`);
  return { id: session.id, url: session.url };
}

/** Two tabs, two plans, both paid every month: the page opened last is the one that can still be paid. */
async function closeOtherPlans(stripe: Stripe, { customer, requestId }: Order): Promise<void> {
  const open = await stripe.checkout.sessions.list({ customer, status: "open", limit: 100 });
  const others = open.data.filter(
    ({ mode, metadata }) => mode === "subscription" && metadata?.requestId !== requestId,
  );
  for (const { id } of others) await expire(stripe, id);
}

/** Somebody else may have been faster, or paid: what matters is that it is not open any more. */
async function expire(stripe: Stripe, id: string): Promise<void> {
  try {
    await stripe.checkout.sessions.expire(id);
  } catch (error) {
    const session = await stripe.checkout.sessions.retrieve(id);
    if (session.status === "open") throw error;
  }
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
    const session = await stripe.checkout.sessions.retrieve(id);
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
  return session.payment_status === "unpaid" ? "processing" : "paid";
}
