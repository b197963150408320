import type { Stripe } from "stripe";

const DAY = 86_400;

/** `count` intervals after the anchor. The 31st becomes the last day of a shorter month. */
function stepsAfter(anchor: number, recurring: Stripe.Price.Recurring, count: number): number {
  const steps = recurring.interval_count * count;
  if (recurring.interval === "day") return anchor + steps * DAY;
  if (recurring.interval === "week") return anchor + steps * 7 * DAY;
  const date = new Date(anchor * 1_000);
  const months = date.getUTCMonth() + steps * (recurring.interval === "year" ? 12 : 1);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), months + 1, 0)).getUTCDate();
  const timeOfDay = anchor % DAY;
  const day = Math.min(date.getUTCDate(), lastDay);
  return Date.UTC(date.getUTCFullYear(), months, day) / 1_000 + timeOfDay;
}

/** Seconds since 1970: the first boundary after `time` of the periods counted from the anchor. */
export function periodEnd(anchor: number, recurring: Stripe.Price.Recurring, time: number): number {
  let count = 0;
  let end = stepsAfter(anchor, recurring, 0);
  while (end <= time) end = stepsAfter(anchor, recurring, ++count);
  return end;
}
