import { names } from "./contestants.ts";
import type { Sample } from "./statistics.ts";

/** One line of the result. */
export type Line = {
  name: string;
  perSecond: number | null;
  /** Of a single call, or the 99th percentile of many. */
  ms: number | null;
  ratio: number | null;
  /** The ratio's name and what it should be, for people. */
  goal: string | null;
  met: boolean | null;
};

type Goal = { of: string; against: string; what: string; atLeast: number; figure?: "p99Ms" };

/** From issue 3; all against what ran beside them in the same rounds. */
const goals: readonly Goal[] = [
  { of: names.hold, against: names.limit, what: "of the limit", atLeast: 0.7 },
  { of: names.node, against: names.limit, what: "of the limit", atLeast: 0.6 },
  { of: names.http, against: names.limit, what: "of the limit", atLeast: 0.4 },
  { of: names.http, against: names.naive, what: "x naive", atLeast: 5 },
  // Turned around, so that more is better here too.
  { of: names.naive, against: names.http, what: "x our p99", atLeast: 2, figure: "p99Ms" },
  { of: names.hotHold, against: names.hotLimit, what: "of its own limit", atLeast: 0.85 },
];

/** What a webhook costs is no hold: it has a limit of its own. */
const limitOf = (name: string): string =>
  name === names.webhook || name === names.webhookAgain ? names.inbox : names.limit;

/** The contestants' medians, each with its ratio to its limit, then the goals. */
export function linesOf(samples: ReadonlyMap<string, Sample>): Line[] {
  const measured = [...samples].map(([name, { perSecond, p99Ms }]) => {
    const limit = samples.get(limitOf(name))?.perSecond;
    const ratio = limit === undefined ? null : perSecond / limit;
    return { name, perSecond, ms: p99Ms, ratio, goal: null, met: null };
  });
  return [...measured, ...goals.flatMap((goal) => goalLine(goal, samples))];
}

function goalLine(goal: Goal, samples: ReadonlyMap<string, Sample>): Line[] {
  const { of, against, what, atLeast, figure = "perSecond" } = goal;
  const [ours, theirs] = [samples.get(of)?.[figure], samples.get(against)?.[figure]];
  if (ours === undefined || ours === null || !theirs) return [];
  const ratio = ours / theirs;
  const goalText = `≥ ${atLeast} ${what}`;
  return [{ name: of, perSecond: null, ms: null, ratio, goal: goalText, met: ratio >= atLeast }];
}

/** A single duration with an upper bound in milliseconds. */
export const timeLine = (name: string, ms: number, atMost: number | null): Line => ({
  name,
  perSecond: null,
  ms,
  ratio: null,
  goal: atMost === null ? null : `≤ ${atMost} ms`,
  met: atMost === null ? null : ms <= atMost,
});

/** How much slower something became. */
export const growthLine = (name: string, before: number, after: number, atMost: number): Line => ({
  name,
  perSecond: null,
  ms: after,
  ratio: after / before,
  goal: `≤ ${atMost} x`,
  met: after / before <= atMost,
});

const columns: readonly [title: string, text: (line: Line) => string][] = [
  ["", ({ name }) => name],
  ["per second", ({ perSecond }) => (perSecond === null ? "" : perSecond.toFixed(0))],
  ["ms (p99)", ({ ms }) => (ms === null ? "" : ms.toFixed(ms < 10 ? 2 : 1))],
  ["ratio", ({ ratio }) => (ratio === null ? "" : ratio.toFixed(2))],
  ["goal", ({ goal }) => goal ?? ""],
  ["met", ({ met }) => (met === null ? "" : met ? "yes" : "NO")],
];

export function tableOf(lines: readonly Line[]): string {
  const rows = [
    columns.map(([title]) => title),
    ...lines.map((line) => columns.map(([, text]) => text(line))),
  ];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const format = (row: readonly string[]) =>
    row
      .map((cell, at) =>
        at === 0 || at === 4 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return rows.map(format).join("\n");
}
