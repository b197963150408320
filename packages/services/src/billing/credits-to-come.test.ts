import { addMonths, allowanceFor, monthIndexAt, monthOf } from "@tintype/core/periods";
import fc from "fast-check";
import { expect, test } from "vitest";
import { creditsToComeOf } from "./credits-to-come.ts";
import { grantedFor, lineOf, type PaidPeriod, spanOf } from "./paid-periods.ts";

const start = new Date("2026-01-31T08:00:00Z");
const year = { startsAt: start, endsAt: addMonths(start, 12) };
const sizes = [100, 300, 500];

/** As they are when a year has been paid, and then changes of plan, some of which win nothing. */
const lineAt = (index: number, day: number, from: number, to: number): PaidPeriod => {
  const changedAt = index === 0 ? null : new Date(start.getTime() + day * 86_400_000);
  const monthsGranted = changedAt ? monthIndexAt({ start, end: year.endsAt }, 12, changedAt) : 0;
  return {
    ...{ userId: "u", reference: `line ${9 - index}`, subscriptionReference: "sub_1" },
    ...{ ...year, planCode: "p", paymentReference: `payment ${index % 2}`, paidCents: 1_200 },
    ...{ allowanceCredits: to, previousAllowanceCredits: changedAt ? from : null, changedAt },
    ...{ months: 12, monthsGranted, nextGrantAt: changedAt ?? start, createdAt: start },
  };
};

/** Grants the next month that is due, as the schedule does. @returns what it was, null when all has been granted */
function grantNext(lines: PaidPeriod[], granted: Map<number, number>) {
  const [line] = lines
    .filter(({ nextGrantAt }) => nextGrantAt !== null)
    .toSorted(
      (a, b) =>
        (a.nextGrantAt?.getTime() ?? 0) - (b.nextGrantAt?.getTime() ?? 0) ||
        (a.reference < b.reference ? -1 : 1),
    );
  if (!line) return null;
  const month = monthOf(spanOf(line), 12, line.monthsGranted);
  const others = grantedFor(lines, month).filter((other) => other !== line);
  const before = granted.get(month.start.getTime()) ?? 0;
  const credits = Math.max(0, allowanceFor([...others, line].map(lineOf), month) - before);
  granted.set(month.start.getTime(), before + credits);
  line.monthsGranted += 1;
  line.nextGrantAt =
    line.monthsGranted < 12 ? monthOf(spanOf(line), 12, line.monthsGranted).start : null;
  return { payment: line.paymentReference, credits };
}

test("what is still to come of a payment is what the schedule then grants of it, month after month", () => {
  const change = fc.tuple(
    fc.integer({ min: 1, max: 364 }),
    fc.constantFrom(...sizes),
    fc.constantFrom(...sizes),
  );
  fc.assert(
    fc.property(fc.uniqueArray(change, { maxLength: 4, selector: ([day]) => day }), (changes) => {
      const lines = [
        lineAt(0, 0, 0, 100),
        ...changes.map(([day, from, to], index) =>
          lineAt(index + 1, day, Math.min(from, to), Math.max(from, to)),
        ),
      ];
      const granted = new Map<number, number>();
      const payments = ["payment 0", "payment 1"];
      const left = () => payments.map((payment) => creditsToComeOf(lines, payment));
      for (let expected = left(); ; expected = left()) {
        const next = grantNext(lines, granted);
        if (!next) break;
        const came = payments.map((payment) => (payment === next.payment ? next.credits : 0));
        expect(left()).toEqual(expected.map((credits, index) => credits - (came[index] ?? 0)));
      }
      expect(left()).toEqual([0, 0]);
    }),
    { numRuns: 60, seed: 20_261_121 },
  );
});
