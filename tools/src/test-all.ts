import { mkdirSync } from "node:fs";
import path from "node:path";
import { readCases } from "./conformance/read-cases.ts";
import { conformanceOf, tableLines } from "./conformance/table.ts";
import { rootDir, viteCommand, webDir } from "./stack/web-build.ts";
import { type Outcome, readReport, runCommand, runTests, verdict } from "./test-all/checks.ts";

// npm test: every check in order. A failure does not stop the others, so that one run tells all.
const reports = path.join(rootDir, "node_modules/.cache/tintype");
mkdirSync(reports, { recursive: true });

const unitReport = path.join(reports, "unit.json");
const outcomes: Outcome[] = [
  await runCommand("Types", ["tsc", "-b"]),
  await runCommand("Format and lint", ["biome", "ci", "."]),
  await runCommand("Unused code", ["knip"]),
  await runTests("Unit tests", "unit", unitReport),
  await runCommand("Web build", viteCommand("build"), webDir),
  await runTests("End-to-end tests", "e2e", path.join(reports, "e2e.json")),
];

// Its tests have been counted above; here they are laid beside the list of what must be there.
const conformance = conformanceOf(readCases(), readReport(unitReport));
console.log("\n── Conformance ──");
for (const line of tableLines(conformance)) console.log(line);

const { lines, isGood } = verdict(outcomes);
for (const line of lines) console.log(line);
process.exitCode = isGood ? 0 : 1;
