import { expect, test } from "vitest";
import { untilRenewal } from "./stored-files.ts";

const MINUTE = 60_000;
const now = Date.parse("2026-06-01T12:00:00Z");
const endsIn = (minutes: number) => ({
  urlExpiresAt: new Date(now + minutes * MINUTE).toISOString(),
});

test("addresses are renewed five minutes before the first of them ends", () => {
  expect(untilRenewal([endsIn(30), endsIn(20), null, { urlExpiresAt: null }], now)).toBe(
    15 * MINUTE,
  );
});

test("a computer whose clock is wrong renews in time, and does not ask without a pause", () => {
  expect(untilRenewal([endsIn(600)], now)).toBe(35 * MINUTE);
  expect(untilRenewal([endsIn(-600)], now)).toBe(MINUTE);
});

test("where there is no address there is nothing to renew", () => {
  expect(untilRenewal([null, { urlExpiresAt: null }], now)).toBe(false);
});
