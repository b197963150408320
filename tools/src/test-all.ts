import { mkdirSync } from "node:fs";
import path from "node:path";
import { rootDir, viteCommand, webDir } from "./stack/web-build.ts";
import { type Outcome, runCommand, runTests, verdict } from "./test-all/checks.ts";

// npm test: every check in order. A failure does not stop the others, so that one run tells all.
const reports = path.join(rootDir, "node_modules/.cache/tintype");
mkdirSync(reports, { recursive: true });

const outcomes: Outcome[] = [
  await runCommand("Types", ["tsc", "-b"]),
  await runCommand("Format and lint", ["biome", "ci", "."]),
  await runCommand("Unused code", ["knip"]),
  await runTests("Unit tests", "unit", path.join(reports, "unit.json")),
  await runCommand("Web build", viteCommand("build"), webDir),
  await runTests("End-to-end tests", "e2e", path.join(reports, "e2e.json")),
];

const { lines, isGood } = verdict(outcomes);
for (const line of lines) console.log(line);
process.exitCode = isGood ? 0 : 1;
