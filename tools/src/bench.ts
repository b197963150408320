import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { startBenchServer } from "./bench/database.ts";
import { type BenchOptions, readOptions, usage } from "./bench/options.ts";
import { runComparison, runGrowth } from "./bench/run.ts";
import { type Line, tableOf } from "./bench/table.ts";
import { platformProblem } from "./platform.ts";

// npm run bench: the figures of design/performance-and-reliability.md, on this machine, beside their goals.
function optionsOrExit(): BenchOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
}

const problem = platformProblem();
if (problem) {
  console.error(problem);
  process.exit(1);
}
const options = optionsOrExit();
const machine = `${cpus().length} x ${cpus()[0]?.model}`;
const loadBefore = loadavg();
console.log(`${machine}, load ${loadBefore.map((load) => load.toFixed(1)).join(" ")} before`);

const server = await startBenchServer();
// A run that is broken off leaves nothing behind either: ten million rows are gigabytes.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void server.stop().finally(() => process.exit(130)));
}
let lines: Line[];
try {
  lines =
    options.rows === null
      ? await runComparison(server.url, options, console.log)
      : await runGrowth(server.url, options.rows, console.log);
} finally {
  await server.stop();
}
const loadAfter = loadavg();
console.log(
  `\n${tableOf(lines)}\n\nload ${loadAfter.map((load) => load.toFixed(1)).join(" ")} after`,
);
const figures = { at: new Date(), machine, loadBefore, loadAfter, options, lines };
writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
console.log(`Figures in ${options.json}`);
