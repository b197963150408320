import { expect, test } from "vitest";
import type { QuoteOffer } from "../../lib/api-types.ts";
import { centsBeyond } from "../../lib/shortage.ts";
import { shortageOf } from "./shortage-of.ts";

const overage = {
  ...{ credits: 22, cents: 33, limitCents: 2_000, usedCents: 410 },
  ...{ withinLimit: true, unpaidCents: null, isDisputed: false, isPlanPastDue: false },
};

/** A job of 32 credits for somebody with 10 of them. */
const quote = (part: Partial<QuoteOffer> = {}): QuoteOffer => {
  const { credits = 32, available = 10 } = part;
  return {
    ...{ priceId: "price", credits, available, excluded: 0, spendScope: "all_and_overage" },
    ...{ availableAfter: available - credits, affordable: available >= credits, overage: null },
    ...{ cancelFeeCredits: 0, refundAfterSeconds: 900, expiresAt: null },
    breakdown: {
      ...{ unit: "image", units: 4, milliCreditsPerUnit: 4_000, multiplierPercent: 200 },
      credits,
    },
    ...part,
  } as QuoteOffer;
};

test("what is missing is counted in credits that the switch lets a job use", () => {
  expect(shortageOf(quote(), 0)).toEqual({ kind: "missing", missing: 22 });
  expect(shortageOf(quote({ spendScope: "all" }), 0)).toEqual({ kind: "missing", missing: 22 });
  expect(shortageOf(quote({ available: 32 }), 0)).toBeNull();
});

test("no pack is offered for what the switch keeps from being used, however many credits are there", () => {
  for (const scope of ["free", "included"] as const) {
    const kept = { kind: "switch", scope };
    expect(shortageOf(quote({ spendScope: scope, excluded: 300 }), 0)).toEqual(kept);
    expect(shortageOf(quote({ spendScope: scope }), 0)).toEqual(kept);
    expect(shortageOf(quote({ spendScope: scope, excluded: 300 }), 7)).toEqual(kept);
  }
});

test("beyond the wallet goes what has room in the limit while no bill is open, and nothing else", () => {
  const open = quote({ overage });
  expect(shortageOf(open, 0)).toEqual({ kind: "beyond", overage });
  expect(centsBeyond(open)).toBe(33);

  const full = { ...overage, usedCents: 1_990, withinLimit: false };
  expect(shortageOf(quote({ overage: full }), 0)).toMatchObject({ kind: "limit", missing: 22 });
  expect(centsBeyond(quote({ overage: full }))).toBeNull();

  // Raising the limit would not help: the bill comes first.
  for (const withinLimit of [true, false]) {
    const unpaid = quote({ overage: { ...overage, withinLimit, unpaidCents: 320 } });
    expect(shortageOf(unpaid, 0)).toEqual({ kind: "unpaid", unpaidCents: 320, missing: 22 });
    expect(centsBeyond(unpaid)).toBeNull();
    // Paying an open bill would not help either: a dispute is named before it.
    const disputed = { ...overage, withinLimit, unpaidCents: 320, isDisputed: true };
    const shortage = { kind: "disputed", missing: 22 };
    expect(shortageOf(quote({ overage: disputed }), 0)).toEqual(shortage);
    expect(centsBeyond(quote({ overage: disputed }))).toBeNull();
    const pastDue = quote({ overage: { ...overage, withinLimit, isPlanPastDue: true } });
    expect(shortageOf(pastDue, 0)).toEqual({ kind: "past_due", missing: 22 });
    expect(centsBeyond(pastDue)).toBeNull();
  }
  expect(centsBeyond(quote())).toBeNull();
  expect(centsBeyond(quote({ available: 32 }))).toBe(0);
});

test("a debt is paid by what comes next, so the pack must be large enough for both", () => {
  expect(shortageOf(quote(), 40)).toEqual({ kind: "owed", owed: 40, missing: 62 });
  expect(shortageOf(quote({ available: 32 }), 40)).toEqual({ kind: "owed", owed: 40, missing: 40 });
  expect(shortageOf(quote({ overage }), 40)).toMatchObject({ kind: "owed", missing: 62 });
});
