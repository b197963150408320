import { expect, test } from "vitest";
import { commandOutcome, type Report, testOutcome, verdict } from "./checks.ts";

const file = (statuses: Record<string, string>, message = ""): Report["testResults"][number] => ({
  name: "/x/a.test.ts",
  message,
  assertionResults: Object.entries(statuses).map(([fullName, status]) => ({ fullName, status })),
});
const lastLine = (...outcomes: Parameters<typeof verdict>[0]) => verdict(outcomes).lines.at(-1);

test("checks and tests are counted together", () => {
  const types = commandOutcome("Types", 0);
  const unit = testOutcome("Unit", 0, { testResults: [file({ a: "passed", b: "passed" })] });
  expect(lastLine(types, unit)).toBe("3 passed, 0 failed");
  expect(verdict([types, unit]).isGood).toBe(true);
});

test("a failure is named before the last line, and fails the whole", () => {
  const lint = commandOutcome("Lint", 1);
  const unit = testOutcome("Unit", 1, { testResults: [file({ a: "failed", b: "passed" })] });
  expect(verdict([lint, unit])).toEqual({
    lines: ["", "Lint: ended with exit code 1", "Unit: a", "1 passed, 2 failed"],
    isGood: false,
  });
});

test("a skipped test is counted and named", () => {
  const unit = testOutcome("Unit", 0, { testResults: [file({ a: "skipped", b: "passed" })] });
  expect(lastLine(unit)).toBe("1 passed, 0 failed, 1 skipped (a)");
});

test.each([
  ["that never started", 1, undefined],
  ["without a test", 0, { testResults: [] }],
  ["whose tests passed before it crashed", 1, { testResults: [file({ a: "passed" })] }],
  ["with a file that could not be loaded", 1, { testResults: [file({}, "SyntaxError")] }],
])("a run %s is red", (_case, code, report) => {
  const outcome = testOutcome("Unit", code, report);
  expect(outcome.failed).toBe(1);
  expect(verdict([outcome]).isGood).toBe(false);
});
