import type { Stripe } from "stripe";
import type { ChangeResult } from "../payments.ts";
import { payUrlOf, resultOf } from "./plan-changes.ts";
import { idOf } from "./stripe-client.ts";

const PAGE = 100;

/**
 * No bills from the next period on: Stripe goes on making them and cancels each. What waits for the next one would be
 * cancelled with it, so it is billed before.
 */
export async function pause(
  stripe: Stripe,
  subscription: string,
  requestId: string,
): Promise<ChangeResult> {
  const current = await stripe.subscriptions.retrieve(subscription);
  await billWaiting(stripe, current, requestId);
  await stripe.subscriptions.update(subscription, { pause_collection: { behavior: "void" } });
  return resultOf(stripe, subscription, null);
}

/** @param startsAnew the present period was not paid: the next one begins now, and is paid now or not at all */
export async function unpause(
  stripe: Stripe,
  subscription: string,
  startsAnew: boolean,
  requestId: string,
): Promise<ChangeResult> {
  const current = await stripe.subscriptions.retrieve(subscription);
  // Paused by whoever runs the account, after a trial without a card.
  if (current.status === "paused") {
    await stripe.subscriptions.resume(subscription, { billing_cycle_anchor: { type: "now" } });
    return resultOf(stripe, subscription, null);
  }
  await stripe.subscriptions.update(subscription, { pause_collection: "" });
  if (!startsAnew) return resultOf(stripe, subscription, null);
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
  return resultOf(stripe, subscription, payUrlOf(changed));
}

/** Overage that was put on the plan's next invoice. A card that says no leaves its invoice open, as it always does. */
async function billWaiting(
  stripe: Stripe,
  { id, customer }: Stripe.Subscription,
  requestId: string,
): Promise<void> {
  const owner = idOf(customer);
  if (!owner) return;
  const items = await stripe.invoiceItems.list({ customer: owner, pending: true, limit: PAGE });
  const waits = items.data.some(
    ({ parent }) => idOf(parent?.subscription_details?.subscription) === id,
  );
  if (!waits) return;
  const invoice = await stripe.invoices.create(
    { customer: owner, subscription: id, pending_invoice_items_behavior: "include" },
    { idempotencyKey: `pause:${requestId}` },
  );
  // Made by an earlier attempt whose answer was lost, it may be further already.
  if (invoice.status === "draft") {
    await stripe.invoices.finalizeInvoice(invoice.id, { auto_advance: true });
  }
}
