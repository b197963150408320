import { expect, test } from "vitest";
import { advisoryLocks } from "./advisory-locks.ts";

test("no two tasks share an advisory lock: one of them would wait for the other", () => {
  const numbers = Object.values(advisoryLocks);
  expect(new Set(numbers).size).toBe(numbers.length);
});
