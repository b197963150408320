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
    // A trial that is ended in the second in which it began has no length; a period of ours has.
    periodEnd: timeOf(Math.max(item.current_period_end, item.current_period_start + 1)),
    cancelAtPeriodEnd: subscription.cancel_at_period_end || subscription.cancel_at !== null,
    nextPlanCode: nextPlanOf(schedule, planCode, item.current_period_start),
  };
}

/** The plan that a schedule turns to next; null when it stays. Its prices have been read along. */
function nextPlanOf(
  schedule: Stripe.SubscriptionSchedule | null,
  current: string,
  periodStart: number,
): string | null {
  const codes = nextPhaseOf(schedule, periodStart)?.items.map(({ price }) =>
    typeof price === "object" && "product" in price ? planCodeOf(price.product) : null,
  );
  const code = codes?.find((known) => known !== null) ?? null;
  return code === current ? null : code;
}

/** @param periodStart seconds; of the paid period, in which the schedule's present phase lies */
export function nextPhaseOf(
  schedule: Stripe.SubscriptionSchedule | null,
  periodStart: number,
): Stripe.SubscriptionSchedule.Phase | null {
  if (schedule?.status !== "active" && schedule?.status !== "not_started") return null;
  const start = schedule.current_phase?.start_date ?? periodStart;
  return schedule.phases.find((phase) => phase.start_date > start) ?? null;
}

/** @throws for what is billed by the day or the week: no plan of ours is */
export function intervalOf({ id, items }: Stripe.Subscription): "month" | "year" {
  const interval: string | undefined = items.data[0]?.price.recurring?.interval;
  if (interval === "month" || interval === "year") return interval;
  throw new Error(`${id} is not billed by the month or the year`);
}
