import { styleText } from "node:util";
import type { Report } from "../test-all/checks.ts";
import { type ExpectedGroup, expectedGroups } from "./expected.ts";
import type { Case } from "./read-cases.ts";

export type Result = "passed" | "failed" | "not run";
export type Row = Case & { result: Result };
export type Conformance = {
  rows: Row[];
  /** Cases of the list that no test has: "R4 dispute → freeze". */
  missing: string[];
  /** What to read first; empty when all is well. */
  problems: string[];
};

/** The order of the list: W C S R P T A, then the number. */
export function inOrder<T extends { id: string }>(cases: readonly T[]): T[] {
  const rank = ({ id }: T) =>
    expectedGroups.findIndex(({ letter }) => id.startsWith(letter)) * 100 + Number(id.slice(1));
  return cases.toSorted((a, b) => rank(a) - rank(b));
}

const expectedIn = ({ letter, cases }: ExpectedGroup) =>
  cases.map((text, index) => ({ id: `${letter}${index + 1}`, text }));

/** Lays the list of the design, the cases of the source and the report of their run side by side. */
export function conformanceOf(cases: readonly Case[], report: Report | undefined): Conformance {
  const tests = (report?.testResults ?? []).flatMap(({ assertionResults }) => assertionResults);
  const resultOf = ({ id, guarantee }: Case): Result => {
    const statuses = tests
      .filter(({ fullName }) => fullName === `${id} ${guarantee}`)
      .map(({ status }) => status);
    if (statuses.length === 0) return "not run";
    return statuses.every((status) => status === "passed") ? "passed" : "failed";
  };
  const rows = inOrder(cases).map((each) => ({ ...each, result: resultOf(each) }));
  const expected = expectedGroups.flatMap(expectedIn);
  const missing = expected
    .filter(({ id }) => !cases.some((each) => each.id === id))
    .map(({ id, text }) => `${id} ${text}`);
  const known = new Set(expected.map(({ id }) => id));
  const problems = [
    ...missing.map((text) => `Conformance: no test for ${text}`),
    ...rows.filter(({ id }) => !known.has(id)).map(({ id }) => `Conformance: ${id} is not listed`),
    ...rows
      .filter(({ result }) => result !== "passed")
      .map(({ id, guarantee, result }) => `Conformance: ${id} ${guarantee}: ${result}`),
  ];
  return { rows, missing, problems };
}

const marks = {
  passed: () => styleText("green", "passed "),
  failed: () => styleText("red", "failed "),
  "not run": () => styleText("yellow", "not run"),
} satisfies Record<Result, () => string>;

/** For a terminal: id, result, guarantee, and below it what it answers. */
export function tableLines({ rows, missing }: Conformance): string[] {
  const passed = rows.filter(({ result }) => result === "passed").length;
  return [
    ...rows.flatMap(({ id, guarantee, answers, result }) => [
      `${id.padEnd(3)} ${marks[result]()}  ${guarantee}`,
      styleText("dim", `             ${answers}`),
    ]),
    "",
    `${passed} of ${rows.length} cases passed`,
    ...(missing.length > 0 ? [styleText("red", `no test yet: ${missing.join(" · ")}`)] : []),
  ];
}
