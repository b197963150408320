import fc from "fast-check";
import { expect, test } from "vitest";
import { type GrantState, reversalTransfers } from "./credits.ts";
import { type PooledGrant, pooledTargetOf, poolReversal } from "./pooled-reversal.ts";

type Account = Exclude<keyof GrantState, "reversalTarget">;
const empty = { available: 0, held: 0, spent: 0, expired: 0, frozen: 0, reversed: 0, owed: 0 };

/** As the ledger does when it is told how much a payment takes. */
function take(grants: readonly PooledGrant[], total: number): PooledGrant[] {
  const targets = poolReversal(grants, total);
  return grants.map((grant) => {
    const moved = { ...grant, reversalTarget: targets.get(grant.id) ?? 0 };
    for (const { from, to, amount } of reversalTransfers(moved)) {
      moved[from as Account] -= amount;
      moved[to as Account] += amount;
    }
    return moved;
  });
}
const sumOf = (grants: readonly PooledGrant[], ...accounts: Account[]): number =>
  grants.reduce(
    (total, grant) => total + accounts.reduce((sum, account) => sum + grant[account], 0),
    0,
  );

const grants: fc.Arbitrary<PooledGrant[]> = fc
  .array(fc.tuple(...Array.from({ length: 5 }, () => fc.nat({ max: 20 }))), {
    minLength: 1,
    maxLength: 4,
  })
  .map((rows) =>
    rows.map(([available = 0, held = 0, spent = 0, expired = 0, frozen = 0], index) => ({
      ...{ ...empty, available, held, spent, expired, frozen },
      ...{ id: `grant ${index}`, issuedSeq: 1 + Math.floor(index / 2), reversalTarget: 0 },
    })),
  );
const percents = fc.array(fc.nat({ max: 100 }), { minLength: 1, maxLength: 5 });

test("a debt arises only where no grant of the payment can give anything else, whatever was taken and given back before", () => {
  fc.assert(
    fc.property(grants, percents, (before, path) => {
      const whole = sumOf(before, "available", "held", "spent", "expired", "frozen");
      const totals = path.map((percent) => Math.floor((whole * percent) / 100));
      const total = totals.at(-1) ?? 0;
      const after = totals.reduce(take, before);
      expect(after.reduce((sum, { reversalTarget }) => sum + reversalTarget, 0)).toBe(total);
      const unspent = sumOf(before, "available", "frozen");
      const gone = sumOf(before, "held", "expired");
      expect(sumOf(after, "reversed")).toBe(Math.min(total, unspent));
      expect(sumOf(after, "owed")).toBe(Math.max(0, total - unspent - gone));
      expect(take(after, total)).toEqual(after);
    }),
    { numRuns: 2_000 },
  );
});

/** A month begins: what is left runs out, and the allowance comes. */
function beginMonth(before: readonly PooledGrant[], month: number, credits: number): PooledGrant[] {
  const over = before.map((grant) => ({
    ...{ ...grant, available: 0, expired: grant.expired + grant.available },
  }));
  const fresh = { ...empty, available: credits, reversalTarget: 0 };
  return [...over, { ...fresh, id: `month ${month}`, issuedSeq: month }];
}
const use = (before: readonly PooledGrant[], percent: number): PooledGrant[] =>
  before.map((grant) => {
    const amount = Math.floor((grant.available * percent) / 100);
    return { ...grant, available: grant.available - amount, spent: grant.spent + amount };
  });

test("the unspent share of a year makes no debt in any month, and a larger one only what was spent too much", () => {
  const year = fc.record({
    credits: fc.integer({ min: 1, max: 500 }),
    paid: fc.integer({ min: 1, max: 50_000 }),
    used: fc.array(fc.nat({ max: 100 }), { minLength: 12, maxLength: 12 }),
    told: fc.nat({ max: 11 }),
    favour: fc.nat({ max: 100 }),
  });
  fc.assert(
    fc.property(year, ({ credits, paid, used, told, favour }) => {
      const whole = 12 * credits;
      let state: PooledGrant[] = [];
      let cents = 0;
      let mayOwe = 0;
      for (const [month, percent] of used.entries()) {
        const toCome = (11 - month) * credits;
        const bring = () => take(state, pooledTargetOf((month + 1) * credits, toCome, cents, paid));
        state = beginMonth(state, month, credits);
        if (month > told) state = bring();
        state = use(state, percent);
        if (month === told) {
          const unspent = toCome + sumOf(state, "available");
          const share = Math.floor((paid * unspent) / whole);
          cents = share + Math.floor(((paid - share) * (favour > 50 ? favour : 0)) / 100);
          const target = Math.floor((whole * cents) / paid);
          mayOwe = Math.max(0, target - unspent - sumOf(state, "expired"));
          state = bring();
        }
        // Told again, nothing changes.
        if (month >= told) expect(bring()).toEqual(state);
        expect(sumOf(state, "owed")).toBe(mayOwe);
        if (favour <= 50) expect(mayOwe).toBe(0);
      }
      // In the end the user has had no more than what they have paid for.
      const target = Math.floor((whole * cents) / paid);
      expect(sumOf(state, "spent")).toBeLessThanOrEqual(whole - target);
    }),
    { numRuns: 1_000 },
  );
});
