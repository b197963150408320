import fc from "fast-check";
import { expect, test } from "vitest";
import { type GrantState, reversalTransfers, rolledOverTarget } from "./credits.ts";

type Account = Exclude<keyof GrantState, "reversalTarget">;

/** Brings a grant to a target, as often as it is asked for. */
function aim(grant: GrantState, reversalTarget: number): GrantState {
  const moved = { ...grant, reversalTarget };
  for (const { from, to, amount } of reversalTransfers(moved)) {
    moved[from as Account] -= amount;
    moved[to as Account] += amount;
  }
  return moved;
}
const amountOf = (grant: GrantState) =>
  grant.available + grant.held + grant.spent + grant.expired + grant.frozen;

const fresh: fc.Arbitrary<GrantState> = fc
  .tuple(...Array.from({ length: 5 }, () => fc.nat({ max: 20 })))
  .map(([available = 0, held = 0, spent = 0, expired = 0, frozen = 0]) => ({
    ...{ available, held, spent, expired, frozen },
    ...{ reversed: 0, owed: 0, reversalTarget: 0 },
  }));
// Whole percents: doubles between 0 and 1 are nearly all next to 0.
const percent = fc.nat({ max: 100 }).map((percents) => percents / 100);
const shares = fc.array(percent, { minLength: 1, maxLength: 5 });

test("what a reversal takes and leaves owed does not depend on what was taken and given back before", () => {
  fc.assert(
    fc.property(fresh, shares, (grant, path) => {
      const targets = path.map((share) => Math.floor(amountOf(grant) * share));
      const last = targets.at(-1) ?? 0;
      const direct = aim(grant, last);
      const travelled = targets.reduce(aim, grant);
      // What comes back is available; until it is frozen again it counts with the frozen.
      const seen = ({ available, frozen, ...rest }: GrantState) => ({
        ...rest,
        unspent: available + frozen,
      });
      expect(seen(travelled)).toEqual(seen(direct));
      // Unspent first, then what is gone or held, and only the rest is owed.
      const gone = grant.available + grant.frozen + grant.expired + grant.held;
      expect(direct.owed).toBe(Math.max(0, last - gone));
      expect(reversalTransfers(direct)).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});

test("what falls on credits that have rolled over does not depend on the way either", () => {
  fc.assert(
    fc.property(fresh, shares, (grant, path) => {
      const targets = path.map((share) => Math.floor(amountOf(grant) * share));
      const last = targets.at(-1) ?? 0;
      // Everything that has expired has rolled over; what falls on it is asked for before the grant itself is brought.
      const target = (from: GrantState) =>
        rolledOverTarget({ ...from, reversalTarget: last }, grant.expired);
      expect(target(targets.slice(0, -1).reduce(aim, grant))).toBe(target(aim(grant, last)));
    }),
    { numRuns: 2_000 },
  );
});
