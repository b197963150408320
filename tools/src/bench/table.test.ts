import { expect, test } from "vitest";
import { names } from "./contestants.ts";
import { readOptions } from "./options.ts";
import { runRounds } from "./rounds.ts";
import { median, medianSample, percentile } from "./statistics.ts";
import { growthLine, linesOf, tableOf, timeLine } from "./table.ts";

test("options have defaults, and what makes no sense is refused in words", () => {
  expect(readOptions([])).toEqual({
    seconds: 4,
    rounds: 5,
    clients: 16,
    users: 10_000,
    rows: null,
    only: null,
    json: "bench-results.json",
  });
  expect(readOptions(["--quick", "--rounds", "3"])).toMatchObject({ seconds: 1, rounds: 3 });
  expect(readOptions(["--rows", "10000000"])).toMatchObject({ rows: 10_000_000 });
  expect(() => readOptions(["--rows", "many"])).toThrow(
    '--rows takes a whole number above 0, not "many"',
  );
  expect(() => readOptions(["--fast"])).toThrow("--fast");
});

test("contestants take turns, and their figures are medians over the rounds", async () => {
  const order: string[] = [];
  const speeds = [1, 100, 2];
  const contestant = (name: string) => ({
    name,
    run: async () => {
      order.push(name);
      return { perSecond: speeds[Math.floor((order.length - 1) / 2)] ?? 0, p99Ms: null };
    },
  });
  const found = await runRounds([contestant("a"), contestant("b")], { rounds: 3, seconds: 1 });
  expect(order.join("")).toBe("ababab");
  expect(found.get("b")).toEqual({ perSecond: 2, p99Ms: null });
});

test("medians and percentiles", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(
    percentile(
      Array.from({ length: 100 }, (_, n) => n + 1),
      0.99,
    ),
  ).toBe(100);
  expect(
    medianSample([
      { perSecond: 1, p99Ms: 5 },
      { perSecond: 3, p99Ms: null },
    ]),
  ).toEqual({
    perSecond: 2,
    p99Ms: 5,
  });
  expect(() => median([])).toThrow(RangeError);
});

test("each goal is held against what ran beside it", () => {
  const lines = linesOf(
    new Map([
      [names.limit, { perSecond: 1_000, p99Ms: 1 }],
      [names.hold, { perSecond: 700, p99Ms: 1 }],
      [names.http, { perSecond: 390, p99Ms: 2 }],
      [names.naive, { perSecond: 78, p99Ms: 4 }],
    ]),
  );
  const goals = lines.filter(({ goal }) => goal !== null);
  expect(goals.map(({ name, goal, met }) => [name, goal, met])).toEqual([
    [names.hold, "≥ 0.7 of the limit", true],
    [names.http, "≥ 0.4 of the limit", false],
    [names.http, "≥ 5 x naive", true],
    [names.naive, "≥ 2 x our p99", true],
  ]);
});

test("the table has one line each, in columns", () => {
  const table = tableOf([timeLine("proof", 299.4, 300), growthLine("hold", 0.1, 0.3, 2)]);
  expect(table.split("\n")).toEqual([
    "       per second  ms (p99)  ratio  goal      met",
    "proof                 299.4         ≤ 300 ms  yes",
    "hold                   0.30   3.00  ≤ 2 x      NO",
  ]);
});
