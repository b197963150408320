import { expect, test } from "vitest";
import { centsOf, dollarsOf } from "./dollars.ts";

test("dollars are typed with a point or a comma, and become exact cents", () => {
  const typed = ["20", " 19.99 ", "0,5", "1.005", "-3", "1e3", "", "12345678", "8.2"];
  expect(typed.map(centsOf)).toEqual([2_000, 1_999, 50, null, null, null, null, null, 820]);
});

test("an amount that is shown in its field reads back as itself", () => {
  for (const cents of [0, 5, 50, 100, 1_999, 2_000, 100_000]) {
    expect(centsOf(dollarsOf(cents))).toBe(cents);
  }
});
