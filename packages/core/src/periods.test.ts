import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AllowanceLine,
  addMonths,
  allowanceFor,
  monthIndexAt,
  monthOf,
  monthsIn,
  rolloverCap,
} from "./periods.ts";

const utc = (text: string) => new Date(`${text}Z`);
const day = (time: Date) => time.toISOString().slice(0, 10);
const start = utc("2026-06-01T00:00");
const june = { start, end: addMonths(start, 1) };
const base = (allowance: number): AllowanceLine => ({ allowance, change: null });
const upgrade = (previousAllowance: number, allowance: number, seconds: number): AllowanceLine => ({
  allowance,
  change: { at: new Date(start.getTime() + seconds * 1_000), previousAllowance },
});

describe("months", () => {
  test("from the 31st: the last day of a short month, then the 31st again", () => {
    const from = utc("2027-01-31T23:59:59.999");
    const days = [1, 2, 3, 13, 14].map((months) => day(addMonths(from, months)));
    expect(days).toEqual(["2027-02-28", "2027-03-31", "2027-04-30", "2028-02-29", "2028-03-31"]);
    expect(addMonths(from, 1).toISOString()).toBe("2027-02-28T23:59:59.999Z");
    expect(day(addMonths(utc("2028-02-29T00:00"), 12))).toBe("2029-02-28");
  });

  const moments = fc.date({
    min: utc("2000-01-01T00:00"),
    max: utc("2090-01-01T00:00"),
    noInvalidDate: true,
  });

  test("a year's months follow each other without a gap, whatever day it begins on", () => {
    fc.assert(
      fc.property(
        moments,
        fc.integer({ min: 0, max: 999 }).map((share) => share / 1_000),
        (from, part) => {
          const year = { start: from, end: addMonths(from, 12) };
          expect(monthsIn(year, "year")).toBe(12);
          expect(monthsIn(year, "month")).toBe(1);
          const months = Array.from({ length: 12 }, (_, index) => monthOf(year, 12, index));
          expect(months[0]?.start).toEqual(year.start);
          expect(months[11]?.end).toEqual(year.end);
          for (const [index, month] of months.entries()) {
            expect(month.end.getTime()).toBeGreaterThan(month.start.getTime());
            if (index > 0) expect(month.start).toEqual(months[index - 1]?.end);
          }
          const moment = new Date(from.getTime() + part * (year.end.getTime() - from.getTime()));
          const found = monthOf(year, 12, monthIndexAt(year, 12, moment));
          expect(found.start <= moment && moment < found.end).toBe(true);
        },
      ),
    );
  });

  test("a short first period of an annual plan is one month, not twelve", () => {
    expect(monthsIn({ start, end: utc("2026-06-15T00:00") }, "year")).toBe(1);
  });
});

describe("the allowance of a month", () => {
  const whole = 30 * 86_400;

  test("an upgrade gives floor((new − old) × remaining / whole), in whole seconds", () => {
    expect(allowanceFor([base(100), upgrade(100, 300, whole / 2)], june)).toBe(200);
    expect(allowanceFor([base(100), upgrade(100, 300, whole - 1)], june)).toBe(100);
    expect(allowanceFor([base(100), upgrade(100, 300, 1)], june)).toBe(299);
    expect(allowanceFor([base(100), upgrade(100, 300, -5 * 86_400)], june)).toBe(300);
    expect(allowanceFor([base(100), upgrade(100, 300, whole)], june)).toBe(100);
  });

  test("numbers that a float could not hold are exact", () => {
    const huge = 9_007_199_254_740_991;
    expect(allowanceFor([base(0), upgrade(0, huge, 0)], june)).toBe(huge);
  });

  test("going down and up again gains nothing; neither does a line that is paid twice", () => {
    expect(allowanceFor([base(500), upgrade(100, 500, 1_000)], june)).toBe(500);
    const once = [base(100), upgrade(100, 500, 1_000)];
    expect(allowanceFor([...once, base(100), upgrade(100, 500, 2_000)], june)).toBe(
      allowanceFor(once, june),
    );
  });

  const changes = fc.array(
    fc.record({ plan: fc.nat({ max: 1_000 }), at: fc.integer({ min: -whole, max: 2 * whole }) }),
    { maxLength: 6 },
  );

  test("lines that become known one by one, in any order, never give more than all of them together", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 1_000 }),
        changes,
        fc.func(fc.boolean()),
        (first, life, isKnown) => {
          const plans = [first, ...life.map(({ plan }) => plan)];
          const times = life.map(({ at }) => at).toSorted((a, b) => a - b);
          // Only the steps up are paid for.
          const upgrades = times.flatMap((at, index) => {
            const [from = 0, to = 0] = [plans[index], plans[index + 1]];
            return to > from ? [upgrade(from, to, at)] : [];
          });
          const all = [base(first), ...upgrades];
          const given = allowanceFor(all, june);
          expect(allowanceFor(all.toReversed(), june)).toBe(given);
          expect(given).toBeLessThanOrEqual(Math.max(...plans));
          const known = all.filter((line) => isKnown(line));
          expect(allowanceFor(known, june)).toBeLessThanOrEqual(given);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test("as much rolls over as the largest plan gives that the month begins with", () => {
    const lines = [base(100), upgrade(100, 300, 0), upgrade(300, 500, 1)];
    expect(rolloverCap(lines, june)).toBe(300);
  });
});
