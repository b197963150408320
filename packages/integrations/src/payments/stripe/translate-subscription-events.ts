import type { BillingEvent } from "@tintype/core/billing-events";
import type { Stripe } from "stripe";
import { readSubscription } from "./read.ts";
import { ofSubscription } from "./translate-subscriptions.ts";
import type { Desk, Told } from "./translation-desk.ts";

/** Told in order, the event is believed; an older one, or one of the same second, asks how things stand today. */
export async function subscriptionChanged(
  { stripe, knowledge }: Desk,
  told: Stripe.Subscription,
  { userId, at }: Told,
): Promise<BillingEvent[]> {
  const known = await knowledge.subscriptionKnownAt(userId, told.id);
  if (known !== null && at <= known)
    return subscriptionToday({ stripe, knowledge }, told.id, userId);
  const { subscription, schedule } = await readSubscription(stripe, told);
  const event = ofSubscription(subscription, schedule, { userId, at });
  return event ? [event] : [];
}

/** Read anew, and booked under the time of the question: it is newer than whatever is known. */
export async function subscriptionToday(
  { stripe, knowledge }: Desk,
  id: string,
  userId: string,
): Promise<BillingEvent[]> {
  const known = await knowledge.subscriptionKnownAt(userId, id);
  const asked = knowledge.now();
  const at = new Date(Math.max(asked.getTime(), (known?.getTime() ?? 0) + 1));
  const { subscription, schedule } = await readSubscription(stripe, id);
  const event = ofSubscription(subscription, schedule, { userId, at });
  return event ? [event] : [];
}
