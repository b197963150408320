import { expect, test } from "vitest";
import { LATE_AFTER_MS, pollDelay } from "./poll-delay.ts";

test("a payment that takes its time is asked for fewer than thirty times in the first minute", () => {
  let asked = 0;
  for (let waited = 0; waited < LATE_AFTER_MS; waited += pollDelay(waited)) asked += 1;
  expect(asked).toBeLessThan(30);
  expect(pollDelay(0)).toBe(500);
  expect(pollDelay(3_600_000)).toBe(10_000);
});
