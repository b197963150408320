/**
 * The calendar of the plans. All of it in UTC, as the provider counts: no time zone and no change of clocks moves a
 * boundary.
 */
export type Span = { start: Date; end: Date };

/**
 * The same day and time `months` later; where the month is too short, its last day. Counted from the first day each
 * time, so 31 January is followed by 28 (29) February and 31 March.
 */
export function addMonths(from: Date, months: number): Date {
  const moved = new Date(from);
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0));
  moved.setUTCDate(Math.min(from.getUTCDate(), lastDay.getUTCDate()));
  return moved;
}

/** In how many parts the allowance of a period is granted: a year month by month, anything else at once. */
export function monthsIn(period: Span, interval: "month" | "year"): number {
  if (interval === "month") return 1;
  let months = 1;
  while (addMonths(period.start, months) < period.end) months += 1;
  return months;
}

/** Month `index` (0 is the first) of a period that has `months`; the last one ends with the period. */
export const monthOf = (period: Span, months: number, index: number): Span => ({
  start: addMonths(period.start, index),
  end: index >= months - 1 ? period.end : addMonths(period.start, index + 1),
});

/** The month of a period in which a moment lies. */
export function monthIndexAt(period: Span, months: number, moment: Date): number {
  let index = 0;
  while (index < months - 1 && addMonths(period.start, index + 1) <= moment) index += 1;
  return index;
}

/** One paid line of a period: the plan it began with, or a change to a larger one. Allowances are credits a month. */
export type AllowanceLine = {
  allowance: number;
  /** Null for the line the period began with. */
  change: { at: Date; previousAllowance: number } | null;
};

const wholeSeconds = (from: Date, to: Date) =>
  BigInt(Math.max(0, Math.floor((to.getTime() - from.getTime()) / 1_000)));

/**
 * What these lines give for one month in all: the first plan's allowance and, for each step above the largest plan so
 * far, `(new − old) × remaining / whole` in whole seconds, rounded down once. So going down and up again gains
 * nothing, and as lines become known one by one, in whatever order, they never give more than all of them together.
 */
export function allowanceFor(lines: readonly AllowanceLine[], month: Span): number {
  const base = Math.max(0, ...lines.filter((line) => !line.change).map((line) => line.allowance));
  const changes = lines
    .flatMap(({ allowance, change }) => (change ? [{ allowance, ...change }] : []))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime() || a.allowance - b.allowance);
  const whole = wholeSeconds(month.start, month.end);
  let largest = base;
  let weighted = 0n;
  for (const { allowance, previousAllowance, at } of changes) {
    const gained = Math.max(0, allowance - Math.max(largest, previousAllowance));
    const from = new Date(Math.max(at.getTime(), month.start.getTime()));
    weighted += BigInt(gained) * wholeSeconds(from, month.end);
    largest = Math.max(largest, allowance);
  }
  return base + Number(weighted / (whole > 0n ? whole : 1n));
}

/** The most that rolls over into a month: one allowance of the largest plan it begins with. */
export const rolloverCap = (lines: readonly AllowanceLine[], month: Span): number =>
  Math.max(
    0,
    ...lines
      .filter(({ change }) => !change || change.at <= month.start)
      .map(({ allowance }) => allowance),
  );
