import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { atMoment } from "./at-moment.ts";

const day = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-01-01T00:00:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

test("the end of a year is waited for, though a timer cannot count so far", () => {
  const act = vi.fn();
  atMoment(Date.now() + 365 * day, act);
  vi.advanceTimersByTime(365 * day - 1);
  expect(act).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(act).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(365 * day);
  expect(act).toHaveBeenCalledTimes(1);
});

test("what is past is left alone, and who has gone is not waited for", () => {
  const act = vi.fn();
  atMoment(Date.now() - 1, act);
  atMoment(Date.now(), act);
  const leave = atMoment(Date.now() + 2 * day, act);
  vi.advanceTimersByTime(day + 1);
  leave();
  vi.advanceTimersByTime(7 * day);
  expect(act).not.toHaveBeenCalled();
});
