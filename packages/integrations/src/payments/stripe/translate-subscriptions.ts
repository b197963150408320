import type { SubscriptionStatus } from "@tintype/core/billing";
import type { Stripe } from "stripe";
import type { SubscriptionEvent } from "../payments.ts";
import { planCodeOf } from "./orders.ts";
import { timeOf } from "./stripe-client.ts";

/** A plan that was never paid for is none yet (`incomplete…`). A word that is new to us is not guessed at. */
const statuses: Record<string, SubscriptionStatus | null> = {
  active: "active",
  trialing: "active",
  past_due: "past_due",
  unpaid: "past_due",
  paused: "paused",
  canceled: "cancelled",
  incomplete: null,
  incomplete_expired: null,
};

/**
 * The whole state of a subscription. @param schedule the changes that are planned for it, where there are any
 * @returns null when it is no plan of ours, or was never paid for
 */
export function ofSubscription(
  subscription: Stripe.Subscription,
  schedule: Stripe.SubscriptionSchedule | null,
  { userId, at }: { userId: string; at: Date },
): SubscriptionEvent | null {
  const status = statuses[subscription.status];
  if (status === undefined) {
    throw new Error(`${subscription.id} is "${subscription.status}": not known here`);
  }
  const item = subscription.items.data.find(({ price }) => planCodeOf(price.product));
  const planCode = planCodeOf(item?.price.product);
  if (!item || !planCode || status === null) return null;
  const interval = intervalOf(subscription);
  return {
    ...{ type: "subscription_changed", userId, subscription: subscription.id },
    ...{ planCode, interval, stateAt: at },
    status: status === "active" && subscription.pause_collection ? "paused" : status,
    periodStart: timeOf(item.current_period_start),
    periodEnd: timeOf(item.current_period_end),
    cancelAtPeriodEnd: subscription.cancel_at_period_end || subscription.cancel_at !== null,
    nextPlanCode: nextPlanOf(schedule, planCode, at),
  };
}

/** The plan that a schedule turns to next; null when it stays. Its prices have been read along. */
function nextPlanOf(
  schedule: Stripe.SubscriptionSchedule | null,
  current: string,
  at: Date,
): string | null {
  if (schedule?.status !== "active" && schedule?.status !== "not_started") return null;
  const now = schedule.current_phase?.start_date ?? at.getTime() / 1_000;
  const next = schedule.phases.find(({ start_date: start }) => start > now);
  const codes = next?.items.map(({ price }) =>
    typeof price === "object" && "product" in price ? planCodeOf(price.product) : null,
  );
  const code = codes?.find((known) => known !== null) ?? null;
  return code === current ? null : code;
}

/** @throws for what is billed by the day or the week: no plan of ours is */
export function intervalOf({ id, items }: Stripe.Subscription): "month" | "year" {
  const interval: string | undefined = items.data[0]?.price.recurring?.interval;
  if (interval === "month" || interval === "year") return interval;
  throw new Error(`${id} is not billed by the month or the year`);
}
