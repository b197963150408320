import fc from "fast-check";
import { expect, test } from "vitest";
import { allocate, type Bucket, compareBurnOrder, settle, usableCredits } from "./credits.ts";

const now = 1_000_000;
const buckets = fc.array(
  fc.record({
    id: fc.uuid(),
    priority: fc.constantFrom(10, 50, 90),
    category: fc.constantFrom("paid" as const, "promo" as const),
    costBasisCents: fc.nat({ max: 3 }),
    issuedSeq: fc.nat({ max: 9 }),
    effectiveAt: fc.constantFrom(0, now, now + 1),
    expiresAt: fc.constantFrom(null, now - 1, now, now + 1, now + 9),
    available: fc.nat({ max: 50 }),
  }),
  { maxLength: 8 },
);
const sum = (slices: readonly { amount: number }[]) => slices.reduce((n, s) => n + s.amount, 0);

test("a hold takes exactly what it costs, or nothing", () => {
  fc.assert(
    fc.property(buckets, fc.integer({ min: 1, max: 200 }), (wallet, amount) => {
      const taken = allocate(wallet, amount, now);
      if (taken === null) expect(usableCredits(wallet, now)).toBeLessThan(amount);
      else expect(sum(taken)).toBe(amount);
    }),
  );
});

test("no grant pays before it takes effect or once it has expired", () => {
  fc.assert(
    fc.property(buckets, fc.integer({ min: 1, max: 50 }), (wallet, amount) => {
      for (const { grantId } of allocate(wallet, amount, now) ?? []) {
        const paying = wallet.find(({ id }) => id === grantId);
        expect(paying?.effectiveAt).toBeLessThanOrEqual(now);
        expect(paying?.expiresAt ?? now + 1).toBeGreaterThan(now);
      }
    }),
  );
});

test("what is captured and what is released is what was held, and durable credits come back first", () => {
  const slices = fc.array(
    fc.record({ grantId: fc.uuid(), amount: fc.integer({ min: 1, max: 30 }) }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(slices, fc.nat({ max: 100 }), (held, wanted) => {
      const capture = Math.min(wanted, sum(held));
      const { captured, released } = settle(held, capture);
      expect(sum(captured)).toBe(capture);
      expect(sum(captured) + sum(released)).toBe(sum(held));
      if (released[0]) expect(released[0].grantId).toBe(held.at(-1)?.grantId);
    }),
  );
});

test("the soonest expiry burns first, promo before paid, cheap before dear, old before new", () => {
  const base: Bucket = {
    id: "a",
    priority: 50,
    category: "paid",
    costBasisCents: 100,
    issuedSeq: 1,
    effectiveAt: 0,
    expiresAt: null,
    available: 1,
  };
  const ordered: Bucket[] = [
    { ...base, id: "first", priority: 10 },
    { ...base, id: "expires", expiresAt: now + 5 },
    { ...base, id: "promo", category: "promo" },
    { ...base, id: "cheap", costBasisCents: 1 },
    { ...base, id: "old", issuedSeq: 0 },
    { ...base, id: "rest" },
  ];
  expect(ordered.toReversed().toSorted(compareBurnOrder)).toEqual(ordered);
});
