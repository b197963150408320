import { expect, test } from "vitest";
import { LATE_AFTER_MS, pollDelay, refundPollDelay } from "./poll-delay.ts";

test("a payment that takes its time is asked for fewer than thirty times in the first minute", () => {
  let asked = 0;
  for (let waited = 0; waited < LATE_AFTER_MS; waited += pollDelay(waited)) asked += 1;
  expect(asked).toBeLessThan(30);
  expect(pollDelay(0)).toBe(500);
  expect(pollDelay(3_600_000)).toBe(10_000);
});

test("a refund that takes days is asked for often in its first minute, and then more and more seldom", () => {
  const hour = 3_600_000;
  let asked = 0;
  for (let waited = 0; waited < hour; waited += refundPollDelay(waited)) asked += 1;
  expect(asked).toBeLessThan(120);
  expect(refundPollDelay(LATE_AFTER_MS)).toBe(4_000);
  expect(refundPollDelay(24 * hour)).toBe(60_000);
});
