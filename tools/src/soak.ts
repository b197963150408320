import { platformProblem } from "./platform.ts";
import { whenLauncherDies } from "./processes/launcher.ts";
import { readOptions, type SoakOptions, usage } from "./soak/options.ts";
import { runSoak, type SoakResult } from "./soak/run.ts";

// npm run soak: a million random operations from several processes, which are killed in the middle of it, as is
// PostgreSQL; then every acknowledged one must be in the ledger, once, and the books must balance.
const options = optionsOrExit();
const stopping = new AbortController();
const stop = () => stopping.abort(new Error("stopped; nothing was audited"));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
whenLauncherDies(stop);

console.log(`${options.operations} operations, seed ${options.seed}`);
try {
  const result = await runSoak(options, console.log, stopping.signal);
  for (const line of linesOf(result)) console.log(line);
  process.exitCode = result.problems.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
// An open socket must not keep a finished run alive.
process.exit();

function optionsOrExit(): SoakOptions {
  const problem = platformProblem();
  try {
    if (problem) throw new Error(problem);
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
}

function linesOf(soaked: SoakResult): string[] {
  const { acknowledged, kills, restarts, retries, seconds, overspent, lost, problems } = soaked;
  const counts = `${acknowledged} operations, ${kills} clients killed, ${restarts} restarts of PostgreSQL, ${retries} retries`;
  const speed = `${seconds.toFixed(0)} s, ${Math.round(acknowledged / seconds)} operations a second`;
  const books = problems.length === 0 ? "books balanced" : `${problems.length} problems`;
  return [
    ...problems.slice(0, 20),
    `${counts}, ${speed}`,
    `${overspent} overspent, ${lost} lost, ${books}`,
  ];
}
