import { styleText } from "node:util";
import { commonBugs, type PlantedBug } from "@tintype/db/testing/model/planted-bugs";
import { bugsOfHolds } from "@tintype/db/testing/model/planted-bugs-of-holds";
import { bugsOfPayments } from "@tintype/db/testing/model/planted-bugs-of-payments";
import { bugsOfCore } from "./mutants/bugs-of-core.ts";
import { bugsOfPool, suitesOfPool } from "./mutants/bugs-of-pool.ts";
import { startModelRun } from "./mutants/model-run.ts";
import { Nursery } from "./mutants/nursery.ts";
import { type Caught, tableOf } from "./mutants/table.ts";
import { platformProblem } from "./platform.ts";

// npm run mutants [-- WORD]: plants each known bug and runs the tests of the ledger against it; each must make one
// fail. First the lives of the model against a sick database, then, if nothing came of that, all suites in a copy of
// the repository. With a word, only the bugs whose name has it.
const problem = platformProblem();
if (problem) {
  console.error(problem);
  process.exit(1);
}
const [word = ""] = process.argv.slice(2);
const all = [...commonBugs, ...bugsOfHolds, ...bugsOfPayments, ...bugsOfCore, ...bugsOfPool];
const bugs = all.filter(({ name }) => name.includes(word));
const model = await startModelRun();
const nursery = new Nursery();
const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    stopping.abort();
    nursery.stop();
  });
}
/** Bugs of the pure rules and of the pool are no bugs of the database; and what the lives overlook, another test may find. */
async function find(bug: PlantedBug): Promise<string | null> {
  if (bugsOfPool.includes(bug)) return nursery.plant(bug, suitesOfPool);
  const isInCore = bugsOfCore.includes(bug);
  return (isInCore ? null : await model.find(bug)) ?? (await nursery.plant(bug));
}

const found: Caught[] = [];
try {
  for (const bug of bugs) {
    if (stopping.signal.aborted) break;
    const startedAt = performance.now();
    const caughtBy = await find(bug);
    const seconds = (performance.now() - startedAt) / 1_000;
    found.push({ bug, caughtBy, seconds });
    const verdict = caughtBy ? styleText("green", "caught") : styleText("red", "NOT CAUGHT");
    console.log(`${verdict} in ${seconds.toFixed(0)} s: ${bug.name}`);
  }
} finally {
  nursery.remove();
  await model.stop();
}
const caught = found.filter(({ caughtBy }) => caughtBy !== null).length;
console.log(`\n${tableOf(found)}\n\n${caught} of ${bugs.length} planted bugs were caught`);
process.exit(caught === bugs.length ? 0 : 1);
