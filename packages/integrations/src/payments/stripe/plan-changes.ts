import type { Stripe } from "stripe";
import type { BillPreview, ChangeResult, PlanChange } from "../payments.ts";
import { userIdIn } from "./orders.ts";
import { billWaiting } from "./overage.ts";
import { ensurePrice } from "./prices.ts";
import { readSubscription } from "./read.ts";
import { type Desk, idOf, timeOf } from "./stripe-client.ts";
import { nextPhaseOf, ofSubscription } from "./translate-subscriptions.ts";

const secondsOf = (time: Date) => Math.floor(time.getTime() / 1_000);

/** Null when nothing will be billed any more. With a planned change the next bill is the next plan's. */
export async function previewNextBill(
  stripe: Stripe,
  reference: string,
): Promise<BillPreview | null> {
  const { subscription, schedule } = await readSubscription(stripe, reference);
  const ends = subscription.cancel_at_period_end || subscription.cancel_at !== null;
  if (ends || subscription.status === "canceled") return null;
  const item = itemOf(subscription);
  const next = nextPhaseOf(schedule, item.current_period_start)?.items[0]?.price;
  const price = idOf(next) ?? item.price.id;
  const invoice = await stripe.invoices.createPreview({
    subscription: reference,
    ...(price !== item.price.id && {
      subscription_details: { items: [{ id: item.id, price }], proration_behavior: "none" },
    }),
  });
  return { amountCents: invoice.amount_due, at: timeOf(item.current_period_end) };
}

/** What the buyer pays now if the change is made at the very moment of the preview. */
export async function previewUpgrade(
  stripe: Stripe,
  { subscription, plan, at }: PlanChange,
): Promise<BillPreview> {
  const current = await stripe.subscriptions.retrieve(subscription);
  const invoice = await stripe.invoices.createPreview({
    subscription,
    subscription_details: {
      items: [{ id: itemOf(current).id, price: await ensurePrice(stripe, plan) }],
      proration_behavior: "always_invoice",
      proration_date: secondsOf(at),
    },
  });
  return { amountCents: invoice.amount_due, at };
}

/** Paid at once or not made: until the money is there Stripe keeps the old plan. */
export async function upgrade(
  { stripe, now }: Desk,
  { subscription, plan, at }: PlanChange,
  requestId: string,
): Promise<ChangeResult> {
  const current = await stripe.subscriptions.retrieve(subscription);
  // Stripe would put it on the change's invoice, which it cancels when that is not paid: nobody would owe it any more.
  await billWaiting(stripe, current, `waiting:${requestId}`);
  const changed = await stripe.subscriptions.update(
    subscription,
    {
      items: [{ id: itemOf(current).id, price: await ensurePrice(stripe, plan) }],
      proration_behavior: "always_invoice",
      payment_behavior: "pending_if_incomplete",
      proration_date: secondsOf(at),
      expand: ["latest_invoice"],
    },
    { idempotencyKey: `upgrade:${requestId}` },
  );
  const payUrl = payUrlOf(changed);
  // Whoever pays for a larger plan goes on with it; as long as it is not paid, a cancel or a planned plan stands. Stripe
  // lets an update wait beside a schedule, and gives it up when the schedule's next phase begins.
  if (payUrl === null) await releaseSchedule(stripe, await keepGoing(stripe, subscription));
  else await yieldLater(stripe, changed);
  return resultOf({ stripe, now }, subscription, payUrl);
}

/** Writes on the schedule which payment ends it. */
async function yieldLater(stripe: Stripe, changed: Stripe.Subscription): Promise<void> {
  const [schedule, invoice] = [idOf(changed.schedule), idOf(changed.latest_invoice)];
  if (!schedule || !invoice) return;
  await stripe.subscriptionSchedules.update(schedule, { metadata: { [YIELDS_TO]: invoice } });
}

const YIELDS_TO = "yieldsTo";

/**
 * A larger plan that had to wait for its money takes the place of what was planned before it. What was planned after it
 * stands, however late or often the payment is told. @returns the subscription as it is then; null: nothing had to yield
 */
export async function yieldTo(
  stripe: Stripe,
  paid: Stripe.Invoice,
): Promise<Stripe.Subscription | null> {
  const id = idOf(paid.parent?.subscription_details?.subscription);
  if (paid.billing_reason !== "subscription_update" || !id) return null;
  const { subscription, schedule } = await readSubscription(stripe, id);
  if (schedule?.metadata?.[YIELDS_TO] !== paid.id) return null;
  await releaseSchedule(stripe, subscription);
  return stripe.subscriptions.retrieve(id);
}

/** Where a change can be paid that waits for its money. @param changed with its newest invoice */
export function payUrlOf({ pending_update, latest_invoice }: Stripe.Subscription): string | null {
  if (!pending_update || !latest_invoice || typeof latest_invoice === "string") return null;
  return latest_invoice.hosted_invoice_url ?? null;
}

/** A schedule of two phases: what is paid for to its end, then the other plan, and from there on by itself. */
export async function changeAtPeriodEnd(
  { stripe, now }: Desk,
  { subscription, plan }: PlanChange,
  requestId: string,
): Promise<ChangeResult> {
  const current = await keepGoing(stripe, subscription);
  const item = itemOf(current);
  const schedule =
    idOf(current.schedule) ??
    (
      await stripe.subscriptionSchedules.create(
        { from_subscription: subscription },
        { idempotencyKey: `schedule:${requestId}` },
      )
    ).id;
  await stripe.subscriptionSchedules.update(schedule, {
    end_behavior: "release",
    proration_behavior: "none",
    // Decided now: it stands, whatever is paid of what was asked for before.
    metadata: { [YIELDS_TO]: "" },
    phases: [
      {
        items: [{ price: item.price.id, quantity: 1 }],
        start_date: item.current_period_start,
        end_date: item.current_period_end,
      },
      {
        items: [{ price: await ensurePrice(stripe, plan), quantity: 1 }],
        start_date: item.current_period_end,
        duration: { interval: plan.interval, interval_count: 1 },
      },
    ],
  });
  return resultOf({ stripe, now }, subscription, null);
}

export async function cancelAtPeriodEnd(
  { stripe, now }: Desk,
  subscription: string,
): Promise<ChangeResult> {
  // A schedule would bring the next plan after all.
  await releaseSchedule(stripe, await stripe.subscriptions.retrieve(subscription));
  await stripe.subscriptions.update(subscription, { cancel_at_period_end: true });
  return resultOf({ stripe, now }, subscription, null);
}

export async function resume({ stripe, now }: Desk, subscription: string): Promise<ChangeResult> {
  await releaseSchedule(stripe, await keepGoing(stripe, subscription));
  return resultOf({ stripe, now }, subscription, null);
}

/** Takes back a cancel, if there is one. */
async function keepGoing(stripe: Stripe, subscription: string): Promise<Stripe.Subscription> {
  const current = await stripe.subscriptions.retrieve(subscription);
  if (!current.cancel_at_period_end) return current;
  return stripe.subscriptions.update(subscription, { cancel_at_period_end: false });
}

async function releaseSchedule(stripe: Stripe, current: Stripe.Subscription): Promise<void> {
  const schedule = idOf(current.schedule);
  if (schedule) await stripe.subscriptionSchedules.release(schedule);
}

/** We name the user on the subscription; on one that was set up by hand only its customer does. */
async function ownerOf(
  stripe: Stripe,
  { metadata, customer }: Stripe.Subscription,
): Promise<string | null> {
  const named = userIdIn(metadata);
  const id = idOf(customer);
  if (named || !id) return named;
  const known = await stripe.customers.retrieve(id);
  return known.deleted ? null : userIdIn(known.metadata);
}

/** How it stands afterwards, for our books at once; the webhook tells it again. */
export async function resultOf(
  { stripe, now }: Desk,
  id: string,
  payUrl: string | null,
): Promise<ChangeResult> {
  const { subscription, schedule } = await readSubscription(stripe, id);
  const userId = await ownerOf(stripe, subscription);
  const state = userId && ofSubscription(subscription, schedule, { userId, at: now() });
  if (!state) throw new Error(`${id} is no plan of ours any more`);
  return { state, payUrl };
}

function itemOf({ id, items }: Stripe.Subscription): Stripe.SubscriptionItem {
  const [item] = items.data;
  if (!item) throw new Error(`${id} has no items`);
  return item;
}
