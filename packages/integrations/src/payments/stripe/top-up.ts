import { Stripe } from "stripe";
import type { TopUpOrder, TopUpResult } from "../payments.ts";
import type { OrderMetadata } from "./orders.ts";
import { findPaymentMethod } from "./saved-card.ts";

const PAGE = 100;

/**
 * Buys a pack without the buyer. The same order again tells what became of it: the payment is looked for first, because
 * Stripe forgets idempotency keys after a day.
 */
export async function topUp(stripe: Stripe, order: TopUpOrder): Promise<TopUpResult> {
  const { id, customer, pack, isWanted } = order;
  const { data } = await stripe.paymentIntents.list({ customer, limit: PAGE });
  const made = data.find(({ metadata }) => metadata.topUp === id);
  if (made) return resultOf(made);
  if (!isWanted) return { status: "declined", reason: "turned_off", payment: null };
  const method = await findPaymentMethod(stripe, customer);
  if (!method) return { status: "declined", reason: "no_payment_method", payment: null };
  try {
    const intent = await stripe.paymentIntents.create(
      {
        ...{ amount: pack.priceCents, currency: pack.currency, customer },
        payment_method: method.id,
        ...{ off_session: true, confirm: true, description: `Automatic purchase: ${pack.name}` },
        metadata: { ...metadataOf(order), topUp: id },
      },
      { idempotencyKey: `top-up:${id}` },
    );
    return resultOf(intent);
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeCardError)) throw error;
    const needsBuyer = error.code === "authentication_required";
    const reason = needsBuyer ? "authentication_required" : "card_declined";
    return { status: "declined", reason, payment: error.payment_intent?.id ?? null };
  }
}

const metadataOf = ({ user, pack }: TopUpOrder): OrderMetadata => ({
  ...{ userId: user.id, userEmail: user.email, kind: "top_up", code: pack.code },
  credits: String(pack.credits),
});

function resultOf({ id, status, last_payment_error: failed }: Stripe.PaymentIntent): TopUpResult {
  if (status === "succeeded") return { status: "succeeded", payment: id };
  if (status === "processing") return { status: "processing", payment: id };
  const needsBuyer = status === "requires_action" || failed?.code === "authentication_required";
  return {
    ...{ status: "declined", payment: id },
    reason: needsBuyer ? "authentication_required" : "card_declined",
  };
}
