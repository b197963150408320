import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { documentFile, writeDocument } from "./conformance/document.ts";
import { conformanceDir, readCases } from "./conformance/read-cases.ts";
import { conformanceOf, tableLines } from "./conformance/table.ts";
import { rootDir } from "./stack/web-build.ts";
import { readReport, runTests } from "./test-all/checks.ts";

// npm run conformance: runs the suite and prints its table. With --document it only writes docs/conformance.md.
if (process.argv.includes("--document")) {
  writeFileSync(documentFile, writeDocument());
} else {
  const reports = path.join(rootDir, "node_modules/.cache/tintype");
  mkdirSync(reports, { recursive: true });
  const reportFile = path.join(reports, "conformance.json");
  await runTests("Conformance", "unit", reportFile, [conformanceDir]);
  const conformance = conformanceOf(readCases(), readReport(reportFile));
  for (const line of ["", ...tableLines(conformance), "", ...conformance.problems])
    console.log(line);
  process.exitCode = conformance.problems.length === 0 ? 0 : 1;
}
