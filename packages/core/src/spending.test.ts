import fc from "fast-check";
import { expect, test } from "vitest";
import { allocate, type Bucket } from "./credits.ts";
import { calendarOf, forecastSpending, PACE_DAYS, type Pace, spendingByDay } from "./spending.ts";

const DAY = 86_400_000;
const now = Date.parse("2026-06-15T12:00:00Z");
const options = { now, timeZone: "UTC", firstEventAt: Date.parse("2026-01-01T00:00:00Z") };

test("spending is counted by whole days of the reader's calendar; today is shown apart", () => {
  const { days, spent, observedDays } = spendingByDay(
    [
      { at: Date.parse("2026-06-15T09:00:00Z"), credits: 100 },
      { at: Date.parse("2026-06-14T23:59:59Z"), credits: 5 },
      { at: Date.parse("2026-06-14T00:00:00Z"), credits: 2 },
      { at: Date.parse("2026-05-16T00:00:00Z"), credits: 1 },
      { at: Date.parse("2026-05-15T23:59:59Z"), credits: 1_000 },
    ],
    options,
  );
  expect(days).toHaveLength(PACE_DAYS + 1);
  expect(days[0]).toEqual({ day: "2026-05-16", credits: 1 });
  expect(days.at(-2)).toEqual({ day: "2026-06-14", credits: 7 });
  expect(days.at(-1)).toEqual({ day: "2026-06-15", credits: 100 });
  expect({ spent, observedDays }).toEqual({ spent: 8, observedDays: 30 });
});

test("a day begins where the reader lives, and a change of the clocks makes none longer or lost", () => {
  const at = Date.parse("2026-06-14T23:30:00Z");
  expect([calendarOf("UTC")(at), calendarOf("Asia/Tokyo")(at)]).toEqual([
    "2026-06-14",
    "2026-06-15",
  ]);
  // In Berlin the clocks change on 29 March 2026.
  const { days } = spendingByDay([], {
    now: Date.parse("2026-04-01T00:30:00+02:00"),
    timeZone: "Europe/Berlin",
    firstEventAt: null,
  });
  expect(new Set(days.map(({ day }) => day)).size).toBe(PACE_DAYS + 1);
  expect([days[0]?.day, days.at(-1)?.day]).toEqual(["2026-03-02", "2026-04-01"]);
});

test("days before the history began are no days without spending", () => {
  const spent = [{ at: now - DAY, credits: 10 }];
  const young = spendingByDay(spent, { ...options, firstEventAt: now - 2 * DAY });
  expect(young).toMatchObject({ spent: 10, observedDays: 2 });
  expect(spendingByDay(spent, { ...options, firstEventAt: now })).toMatchObject({
    observedDays: 0,
  });
  expect(spendingByDay([], { ...options, firstEventAt: null })).toMatchObject({ observedDays: 0 });
});

const bucket = (over: Partial<Bucket>): Bucket => ({
  id: "a",
  priority: 50,
  category: "paid",
  costBasisCents: 0,
  issuedSeq: 1,
  effectiveAt: 0,
  expiresAt: null,
  available: 10,
  ...over,
});

test("ten credits at two a day last five days", () => {
  const { lastsUntil, unused } = forecastSpending([bucket({})], { credits: 60, days: 30 }, now);
  // The eleventh credit is the first that is missing.
  expect(lastsUntil).toBe(now + 5.5 * DAY);
  expect(unused.size).toBe(0);
});

test("a gift that runs out first is burnt first, and what is too much of it expires", () => {
  const wallet = [
    bucket({ id: "pack", available: 100 }),
    bucket({ id: "gift", available: 30, category: "promo", expiresAt: now + 10 * DAY }),
  ];
  const { unused } = forecastSpending(wallet, { credits: 30, days: 30 }, now);
  // At one a day, the tenth is asked for at the very moment of the expiry: too late.
  expect(unused).toEqual(new Map([["gift", 21]]));
});

test("nothing spent: nothing runs dry, and all that can expire will", () => {
  const wallet = [bucket({ id: "pack" }), bucket({ id: "gift", expiresAt: now + DAY })];
  expect(forecastSpending(wallet, { credits: 0, days: 30 }, now)).toEqual({
    lastsUntil: null,
    unused: new Map([["gift", 10]]),
  });
});

/** Credit by credit, with the ledger's own rule: slow, and plainly right. */
function spendOneByOne(buckets: readonly Bucket[], { credits, days }: Pace) {
  const wallet = buckets.map((each) => ({ ...each }));
  const lastExpiry = Math.max(now, ...wallet.map(({ expiresAt }) => expiresAt ?? now));
  let lastsUntil: number | null = null;
  for (let n = 1; credits > 0; n++) {
    const at = now + Math.ceil((n * days * DAY) / credits);
    const taken = allocate(wallet, 1, at)?.[0];
    const paying = wallet.find(({ id }) => id === taken?.grantId);
    if (paying) paying.available -= 1;
    else {
      lastsUntil ??= at;
      if (at > lastExpiry) break;
    }
  }
  const lost = wallet.filter(({ expiresAt, available }) => expiresAt !== null && available > 0);
  return { lastsUntil, unused: new Map(lost.map(({ id, available }) => [id, available])) };
}

const wallets = fc
  .array(
    fc.record({
      priority: fc.constantFrom(10, 50),
      category: fc.constantFrom("paid" as const, "promo" as const),
      costBasisCents: fc.nat({ max: 3 }),
      issuedSeq: fc.nat({ max: 9 }),
      effectiveAt: fc.constantFrom(0, now, now + DAY, now + 3 * DAY),
      // After it begins, or after now when it has begun.
      expiresAt: fc.option(fc.integer({ min: 1, max: 20 * DAY }), { nil: null }),
      available: fc.nat({ max: 25 }),
    }),
    { maxLength: 6 },
  )
  .map((rows) =>
    rows.map(({ expiresAt, effectiveAt, ...row }, index) => ({
      ...row,
      id: `grant-${index}`,
      effectiveAt,
      expiresAt: expiresAt === null ? null : Math.max(now, effectiveAt) + expiresAt,
    })),
  );

test("the forecast is what comes of spending one credit after the other", () => {
  const paces = fc.record({ credits: fc.nat({ max: 200 }), days: fc.integer({ min: 1, max: 30 }) });
  fc.assert(
    fc.property(wallets, paces, (wallet, pace) => {
      expect(forecastSpending(wallet, pace, now)).toEqual(spendOneByOne(wallet, pace));
    }),
    { numRuns: 300 },
  );
});
