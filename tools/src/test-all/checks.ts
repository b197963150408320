import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { styleText } from "node:util";
import { rootDir } from "../stack/web-build.ts";

/** What one check came to. A check that is no test suite counts as one. */
export type Outcome = {
  name: string;
  passed: number;
  failed: number;
  /** Full names of the tests that did not run. */
  skipped: string[];
  /** What to read first; empty when all is well. */
  problems: string[];
};

export async function runCommand(name: string, command: string[], cwd = rootDir) {
  const code = await execute(name, command, cwd);
  return commandOutcome(name, code);
}

/** @param filters parts of the paths of the test files; none means all of the project */
export async function runTests(
  name: string,
  project: string,
  reportFile: string,
  filters: string[] = [],
) {
  rmSync(reportFile, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
  const command = ["vitest", "run", "--project", project, ...filters, ...reporters];
  const code = await execute(name, command, rootDir);
  return testOutcome(name, code, readReport(reportFile));
}

export function commandOutcome(name: string, code: number): Outcome {
  if (code === 0) return { name, passed: 1, failed: 0, skipped: [], problems: [] };
  const problems = [`${name}: ended with exit code ${code}`];
  return { name, passed: 0, failed: 1, skipped: [], problems };
}

/** The part of vitest's JSON report that we read. */
export type Report = {
  testResults: {
    name: string;
    message: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
};

/** A run that failed outside its tests, or found none, fails as one: it must not look green. */
export function testOutcome(name: string, code: number, report: Report | undefined): Outcome {
  const files = report?.testResults ?? [];
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const named = (...statuses: string[]) =>
    tests.filter(({ status }) => statuses.includes(status)).map(({ fullName }) => fullName);
  const passed = named("passed").length;
  const failed = named("failed");
  const skipped = named("skipped", "pending", "todo", "disabled");
  const problems = failed.map((test) => `${name}: ${test}`);
  for (const file of files) {
    const isBroken = file.message !== "" && !file.assertionResults.some(isFailed);
    if (isBroken) problems.push(`${name}: ${path.relative(rootDir, file.name)} could not be run`);
  }
  if (problems.length === 0 && (code !== 0 || tests.length === 0)) {
    problems.push(`${name}: the run ended with exit code ${code} and ${tests.length} tests`);
  }
  return { name, passed, failed: problems.length, skipped, problems };
}

const isFailed = ({ status }: { status: string }) => status === "failed";

/** The last line says it all in numbers; the lines before it say where to look. */
export function verdict(outcomes: Outcome[]): { lines: string[]; isGood: boolean } {
  const sum = (count: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + count(outcome), 0);
  const failed = sum((outcome) => outcome.failed);
  const skipped = outcomes.flatMap((outcome) => outcome.skipped);
  const counts = `${sum((outcome) => outcome.passed)} passed, ${failed} failed`;
  const problems = outcomes.flatMap((outcome) => outcome.problems);
  const skips = skipped.length > 0 ? `, ${skipped.length} skipped (${skipped.join("; ")})` : "";
  return { lines: ["", ...problems, counts + skips], isGood: failed === 0 };
}

export function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch (error) {
    // Vitest writes none when it cannot even start; that is a failure already.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Runs a program of node_modules/.bin, its output going where ours goes. */
async function execute(name: string, command: string[], cwd: string): Promise<number> {
  const startedAt = performance.now();
  console.log(styleText("bold", `\n── ${name} ──`));
  const [program = "", ...args] = command;
  const bin = path.join(rootDir, "node_modules/.bin");
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ""}` };
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "inherit", "inherit"] });
  const [code] = (await once(child, "close")) as [number | null];
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const result = code === 0 ? styleText("green", "passed") : styleText("red", "failed");
  console.log(`${name} ${result} in ${seconds} s`);
  return code ?? 1;
}
