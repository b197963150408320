import type { ChangeResult } from "../payments.ts";
import { billWaiting } from "./overage.ts";
import { payUrlOf, resultOf } from "./plan-changes.ts";
import type { Desk } from "./stripe-client.ts";

/**
 * No bills from the next period on: Stripe goes on making them and cancels each. What waits for the next one would be
 * cancelled with it, so it is billed before.
 */
export async function pause(
  { stripe, now }: Desk,
  subscription: string,
  requestId: string,
): Promise<ChangeResult> {
  const current = await stripe.subscriptions.retrieve(subscription);
  await billWaiting(stripe, current, `pause:${requestId}`);
  await stripe.subscriptions.update(subscription, { pause_collection: { behavior: "void" } });
  return resultOf({ stripe, now }, subscription, null);
}

/**
 * @param startsAnew the present period was not paid: the next one begins now and is paid now. Until it is paid, the plan
 * goes on as it was, without credits; if nobody pays within a day, its next bill comes with its old period's end.
 */
export async function unpause(
  { stripe, now }: Desk,
  subscription: string,
  startsAnew: boolean,
  requestId: string,
): Promise<ChangeResult> {
  const current = await stripe.subscriptions.retrieve(subscription);
  // Paused by whoever runs the account, after a trial without a card.
  if (current.status === "paused") {
    await stripe.subscriptions.resume(subscription, { billing_cycle_anchor: { type: "now" } });
    return resultOf({ stripe, now }, subscription, null);
  }
  await stripe.subscriptions.update(subscription, { pause_collection: "" });
  if (!startsAnew) return resultOf({ stripe, now }, subscription, null);
  const changed = await stripe.subscriptions.update(
    subscription,
    {
      billing_cycle_anchor: { type: "now" },
      proration_behavior: "none",
      payment_behavior: "pending_if_incomplete",
      expand: ["latest_invoice"],
    },
    { idempotencyKey: `unpause:${requestId}` },
  );
  return resultOf({ stripe, now }, subscription, payUrlOf(changed));
}
