import fc from "fast-check";
import { expect, test } from "vitest";
import { type GrantState, reversalTargetOf, reversalTransfers } from "./credits.ts";
import {
  leftCentsOf,
  type RefundFacts,
  refundableCentsOf,
  refundEffect,
  selfRefundProblem,
} from "./refunds.ts";

const fresh = (amount: number): GrantState => ({
  ...{ available: amount, held: 0, spent: 0, expired: 0, frozen: 0, reversed: 0, owed: 0 },
  reversalTarget: 0,
});
const factsOf = (grant: GrantState, granted: number, paid: number, reversed: number) =>
  ({
    paidCents: paid,
    reversedCents: reversed,
    grantedCredits: granted,
    unspentCredits: grant.available,
    reversedCredits: grant.reversed + grant.owed,
  }) satisfies RefundFacts;

/** As the ledger does when the webhook tells the refund. */
function refunded(grant: GrantState, granted: number, reversedCents: number, paid: number) {
  const after = { ...grant, reversalTarget: reversalTargetOf(granted, reversedCents, paid) };
  for (const { from, to, amount } of reversalTransfers(after)) {
    if (from !== "issued") after[from] -= amount;
    if (to !== "issued") after[to] += amount;
  }
  return after;
}

test("312 of 500 credits unspent of $10.00 are $6.24", () => {
  const grant = { ...fresh(500), available: 312, spent: 188 };
  const facts = factsOf(grant, 500, 1_000, 0);
  expect(refundableCentsOf(facts)).toBe(624);
  expect(refundEffect([{ ...grant, id: "a", issuedSeq: 1 }], 0, 624, 1_000)).toEqual({
    takenCredits: 312,
    owedCredits: 0,
  });
  expect(refundEffect([{ ...grant, id: "a", issuedSeq: 1 }], 0, 1_000, 1_000)).toEqual({
    takenCredits: 312,
    owedCredits: 188,
  });
});

const life = fc.record({
  granted: fc.integer({ min: 1, max: 20_000 }),
  paid: fc.integer({ min: 1, max: 100_000 }),
  steps: fc.array(
    fc.record({
      act: fc.constantFrom("spend", "hold", "expire", "refund", "refund some"),
      part: fc.integer({ min: 0, max: 1_000 }).map((share) => share / 1_000),
    }),
    { maxLength: 12 },
  ),
});

test("whatever was spent, held and refunded before: the unspent share makes no debt, and never more than is left", () => {
  fc.assert(
    fc.property(life, ({ granted, paid, steps }) => {
      let grant = fresh(granted);
      let reversed = 0;
      for (const { act, part } of steps) {
        const amount = Math.floor(grant.available * part);
        const facts = factsOf(grant, granted, paid, reversed);
        const refundable = refundableCentsOf(facts);
        expect(refundable).toBeGreaterThanOrEqual(0);
        expect(refundable).toBeLessThanOrEqual(leftCentsOf(facts));
        if (act === "refund" || act === "refund some") {
          const cents = act === "refund" ? refundable : Math.floor(refundable * part);
          const effect = refundEffect(
            [{ ...grant, id: "a", issuedSeq: 1 }],
            0,
            reversed + cents,
            paid,
          );
          const before = grant;
          reversed += cents;
          grant = refunded(grant, granted, reversed, paid);
          expect(grant.owed, "no debt").toBe(0);
          expect(effect.takenCredits, "as the preview said").toBe(grant.reversed - before.reversed);
          // What is kept by either side is worth less than one cent, or one credit, of the other.
          if (act === "refund") {
            expect(grant.available * paid).toBeLessThan(granted + paid);
          }
        } else {
          const to = act === "spend" ? "spent" : act === "hold" ? "held" : "expired";
          grant = { ...grant, available: grant.available - amount, [to]: grant[to] + amount };
          const after = refundableCentsOf(factsOf(grant, granted, paid, reversed));
          expect(after, "using credits never makes more refundable").toBeLessThanOrEqual(
            refundable,
          );
        }
      }
      expect(reversed).toBeLessThanOrEqual(paid);
    }),
    { numRuns: 2_000 },
  );
});

test("nothing spent: all of it, also in three parts; nothing granted: nothing", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20_000 }),
      fc.integer({ min: 3, max: 100_000 }),
      (granted, paid) => {
        expect(refundableCentsOf(factsOf(fresh(granted), granted, paid, 0))).toBe(paid);
        let grant = fresh(granted);
        let reversed = 0;
        for (const cents of [Math.floor(paid / 3), Math.floor(paid / 3), paid]) {
          const left = refundableCentsOf(factsOf(grant, granted, paid, reversed));
          reversed += Math.min(cents, left);
          grant = refunded(grant, granted, reversed, paid);
        }
        expect(reversed).toBe(paid);
        expect(grant).toMatchObject({ available: 0, reversed: granted, owed: 0 });
      },
    ),
  );
  const overage = { ...factsOf(fresh(0), 0, 500, 0) };
  expect(refundableCentsOf(overage)).toBe(0);
});

test("alone: a pack, within 14 days to the moment, of which nothing is spent and nothing was given back", () => {
  const paidAt = new Date("2026-06-01T12:00:00Z");
  const days = (count: number) => new Date(paidAt.getTime() + count * 86_400_000);
  const untouched = factsOf(fresh(500), 500, 1_000, 0);
  const payment = { kind: "pack", paidAt, disputeStatus: "none", facts: untouched } as const;
  const asked = (over: Partial<Parameters<typeof selfRefundProblem>[0]>, now = days(1)) =>
    selfRefundProblem({ ...payment, ...over }, now)?.code ?? null;
  expect(asked({})).toBeNull();
  expect(asked({}, days(14))).toBeNull();
  expect(asked({}, new Date(days(14).getTime() + 1))).toBe("refund_too_late");
  expect(asked({ kind: "plan" })).toBe("refund_not_a_pack");
  expect(asked({ disputeStatus: "open" })).toBe("payment_disputed");
  expect(asked({ facts: { ...untouched, unspentCredits: 499 } })).toBe("refund_after_spending");
  const partly = factsOf({ ...fresh(500), available: 499, reversed: 1 }, 500, 1_000, 2);
  expect(asked({ facts: partly })).toBe("refund_after_spending");
  expect(asked({ facts: factsOf(fresh(500), 500, 1_000, 1_000) })).toBe("refund_too_much");
});
