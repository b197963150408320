import { describe, expect, test } from "vitest";
import { formatRelative } from "./dates.ts";
import { exportUrl, filterOf } from "./history-search.ts";

test("a filter of days covers both of them whole, wherever the reader is", () => {
  const { from, to } = filterOf({ from: "2026-10-24", to: "2026-10-26" });
  const local = (iso: string | undefined) => new Date(iso ?? "").toString().slice(4, 21);
  expect([local(from), local(to)]).toEqual(["Oct 24 2026 00:00", "Oct 27 2026 00:00"]);
});

test("the file has the filter of the page", () => {
  expect(exportUrl({})).toBe("/export/credits.csv");
  expect(exportUrl({ kind: "spent" })).toBe("/export/credits.csv?show=spent");
});

describe("how far away a moment is", () => {
  const now = new Date(2026, 10, 21, 18, 0);
  test.each([
    [new Date(2026, 11, 14, 1, 0), "in 23 days"],
    [new Date(2026, 10, 23, 1, 0), "in 2 days"],
    [new Date(2026, 10, 22, 19, 0), "tomorrow"],
    [new Date(2026, 10, 22, 1, 0), "in 7 hours"],
    [new Date(2026, 10, 21, 18, 30), "in 30 minutes"],
  ])("%s is %s", (at, words) => {
    expect(formatRelative(at.toISOString(), "en", now)).toBe(words);
  });
});
