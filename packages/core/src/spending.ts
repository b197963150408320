import { type Bucket, compareBurnOrder } from "./credits.ts";

const DAY_MS = 86_400_000;
/** A pace is taken from so many days that are over; today is shown, but not counted before it has ended. */
export const PACE_DAYS = 30;

/** Says on which day a moment is, as `2026-12-24`, by the calendar of a time zone. @param timeZone an IANA name */
export function calendarOf(timeZone: string): (at: number) => string {
  // Swedish writes dates as ISO does. Made once, because making one costs as much as a hundred dates.
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" });
  return (at) => format.format(at);
}

/** So many days before a day; days of the calendar, so a change of the clocks does not matter. */
const daysBefore = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10);

export type DaySpending = { day: string; credits: number };

export type Spending = {
  /** Each of the last 30 days that are over, oldest first, and then today. */
  days: DaySpending[];
  /** What was spent on the days that are over, and how many of them the user was there: 0 to 30. */
  spent: number;
  observedDays: number;
};

/**
 * What was spent day by day, by the user's calendar.
 * @param spent credits and when they were spent, in milliseconds since 1970
 * @param firstEventAt when the user's history began; days before are no days without spending
 */
export function spendingByDay(
  spent: readonly { at: number; credits: number }[],
  options: { now: number; timeZone: string; firstEventAt: number | null },
): Spending {
  const { now, timeZone, firstEventAt } = options;
  const dayOf = calendarOf(timeZone);
  const today = dayOf(now);
  const sums = new Map<string, number>();
  for (let ago = PACE_DAYS; ago >= 0; ago--) sums.set(daysBefore(today, ago), 0);
  for (const { at, credits } of spent) {
    const day = dayOf(at);
    const sum = sums.get(day);
    if (sum !== undefined) sums.set(day, sum + credits);
  }
  const days = [...sums].map(([day, credits]) => ({ day, credits }));
  const firstDay = firstEventAt === null ? today : dayOf(firstEventAt);
  const observed = days.filter(({ day }) => day >= firstDay && day < today);
  return {
    days,
    spent: observed.reduce((sum, { credits }) => sum + credits, 0),
    observedDays: observed.length,
  };
}

/** So many credits in so many days, both whole, so that no pace is a float. */
export type Pace = { credits: number; days: number };

export type SpendingForecast = {
  /** When the first credit would be missing, in milliseconds since 1970; null when nothing is being spent. */
  lastsUntil: number | null;
  /** What expires unused of each grant, in credits; grants that lose nothing are not named. */
  unused: Map<string, number>;
};

/**
 * What becomes of a wallet if the user goes on at this pace and nothing is added: grants burn in burn order and
 * expire when they do. Exact to the credit: the n-th credit is spent at the first millisecond at which the pace
 * has asked for n. What it asks for while nothing is usable is not made up for later.
 */
export function forecastSpending(
  buckets: readonly Bucket[],
  pace: Pace,
  now: number,
): SpendingForecast {
  const left = new Map(buckets.map(({ id, available }) => [id, available]));
  const inOrder = buckets.toSorted(compareBurnOrder);
  const unused = new Map<string, number>();
  let lastsUntil: number | null = null;
  let asked = 0;
  let start = now;
  for (const end of [...turningPoints(buckets, now), Number.POSITIVE_INFINITY]) {
    const usable = inOrder.filter(
      ({ effectiveAt, expiresAt }) => effectiveAt <= start && (expiresAt ?? end) >= end,
    );
    const askedByEnd = askedUntil(pace, end - 1 - now);
    let due = askedByEnd - asked;
    for (const { id } of usable) {
      const slice = Math.min(due, left.get(id) ?? 0);
      left.set(id, (left.get(id) ?? 0) - slice);
      due -= slice;
      asked += slice;
    }
    if (due > 0) lastsUntil ??= now + askedAt(pace, asked + 1);
    asked = askedByEnd;
    for (const { id, expiresAt } of inOrder) {
      const lost = left.get(id) ?? 0;
      if (expiresAt === end && lost > 0) unused.set(id, lost);
    }
    start = end;
  }
  return { lastsUntil, unused };
}

/** The moments after now at which a grant begins or ends to be usable, in order. */
function turningPoints(buckets: readonly Bucket[], now: number): number[] {
  const moments = buckets.flatMap(({ effectiveAt, expiresAt }) => [effectiveAt, expiresAt ?? now]);
  return [...new Set(moments.filter((at) => at > now))].toSorted((a, b) => a - b);
}

/** How many credits the pace has asked for after so many milliseconds. */
function askedUntil({ credits, days }: Pace, elapsedMs: number): number {
  if (credits === 0) return 0;
  if (elapsedMs === Number.POSITIVE_INFINITY) return elapsedMs;
  return Number((BigInt(elapsedMs) * BigInt(credits)) / (BigInt(days) * BigInt(DAY_MS)));
}

/** After how many milliseconds the pace asks for the n-th credit: the inverse of `askedUntil`. */
function askedAt({ credits, days }: Pace, n: number): number {
  const scaled = BigInt(n) * BigInt(days) * BigInt(DAY_MS);
  return Number((scaled + BigInt(credits - 1)) / BigInt(credits));
}
