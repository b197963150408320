import { expect, test } from "vitest";
import { creditEventKinds } from "./credits.ts";
import { costOf, historyFilter, historyGroups, kindsOfGroup } from "./history.ts";
import { expiryNotices, nextExpiry, walletInput } from "./wallet.ts";

const now = Date.parse("2026-06-15T12:00:00Z");
const inHours = (hours: number) => new Date(now + hours * 3_600_000);
const paid = (available: number, expiresAt: Date | null) => ({
  category: "paid" as const,
  available,
  issuedAt: inHours(-10_000),
  expiresAt,
});

test("paid credits are announced once, in the tightest window they are in", () => {
  const notices = expiryNotices(
    [
      paid(5, inHours(24)),
      paid(7, inHours(24 * 7)),
      paid(2, inHours(25)),
      paid(40, inHours(24 * 30)),
      paid(1_000, inHours(24 * 30 + 1)),
      paid(1_000, null),
      paid(0, inHours(1)),
      { ...paid(1_000, inHours(1)), category: "promo" },
      // A month's allowance would else be announced all month long.
      { ...paid(1_000, inHours(24 * 20)), issuedAt: inHours(-24 * 10) },
    ],
    now,
  );
  expect(notices).toEqual([
    { withinDays: 1, credits: 5, expiresAt: inHours(24) },
    { withinDays: 7, credits: 9, expiresAt: inHours(25) },
    { withinDays: 30, credits: 40, expiresAt: inHours(24 * 30) },
  ]);
});

test("what expires next is all that runs out at the same moment", () => {
  const buckets = [paid(3, inHours(9)), paid(4, inHours(5)), paid(5, inHours(5)), paid(6, null)];
  expect(nextExpiry(buckets)).toEqual({ credits: 9, expiresAt: inHours(5) });
  expect(nextExpiry([paid(6, null), paid(0, inHours(1))])).toBeNull();
});

test("every kind of event but setting aside is found by some filter", () => {
  const found = new Set(historyGroups.flatMap(kindsOfGroup).map(({ kind }) => kind));
  expect(creditEventKinds.filter((kind) => !found.has(kind))).toEqual(["hold"]);
});

test("a moment needs an offset, a time zone must exist", () => {
  expect(historyFilter.safeParse({ from: "2026-06-01T00:00:00+02:00" }).success).toBe(true);
  for (const from of ["2026-06-01", "2026-06-01T00:00:00", "2026-02-30T00:00:00Z", "yesterday"]) {
    expect(historyFilter.safeParse({ from }).success, from).toBe(false);
  }
  expect(walletInput.safeParse({ timeZone: "Asia/Kathmandu" }).success).toBe(true);
  expect(walletInput.safeParse({ timeZone: "Mars/Olympus" }).success).toBe(false);
});

test("a slice of a grant costs its share, rounded down", () => {
  expect(costOf(5, { amount: 500, costBasisCents: 1_000 })).toBe(10);
  expect(costOf(1, { amount: 3, costBasisCents: 100 })).toBe(33);
  expect(costOf(5, { amount: 500, costBasisCents: 0 })).toBe(0);
});
