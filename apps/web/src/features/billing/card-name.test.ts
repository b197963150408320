import { expect, test } from "vitest";
import { hasExpired, validUntil } from "./card-name.ts";

test("a card can be used to the end of the month that stands on it, and not a day longer", () => {
  const card = { brand: "visa", last4: "4242", expires: { month: 12, year: 2026 } };
  expect(hasExpired(card, new Date(2026, 11, 31, 23, 59))).toBe(false);
  expect(hasExpired(card, new Date(2027, 0, 1))).toBe(true);
  expect(hasExpired({ ...card, expires: null }, new Date(2099, 0, 1))).toBe(false);
  expect(validUntil({ month: 4, year: 2031 })).toBe("04/31");
});
