import { styleText } from "node:util";
import { commonBugs } from "@tintype/db/testing/model/planted-bugs";
import { bugsOfHolds } from "@tintype/db/testing/model/planted-bugs-of-holds";
import { bugsOfPayments } from "@tintype/db/testing/model/planted-bugs-of-payments";
import { bugsOfCore } from "./mutants/bugs-of-core.ts";
import { Nursery } from "./mutants/nursery.ts";
import { tableOf } from "./mutants/table.ts";
import { platformProblem } from "./platform.ts";

// npm run mutants [-- WORD]: plants each known bug into a copy of the repository and runs the tests of the ledger
// against it; each must make a test fail. With a word, only the bugs whose name has it.
const problem = platformProblem();
if (problem) {
  console.error(problem);
  process.exit(1);
}
const [word = ""] = process.argv.slice(2);
const all = [...commonBugs, ...bugsOfHolds, ...bugsOfPayments, ...bugsOfCore];
const bugs = all.filter(({ name }) => name.includes(word));
const nursery = new Nursery();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => nursery.stop());
}
const found: Awaited<ReturnType<Nursery["plant"]>>[] = [];
try {
  for (const bug of bugs) {
    if (nursery.isStopped) break;
    const result = await nursery.plant(bug);
    found.push(result);
    const word = result.caughtBy ? styleText("green", "caught") : styleText("red", "NOT CAUGHT");
    console.log(`${word} in ${result.seconds.toFixed(0)} s: ${bug.name}`);
  }
} finally {
  nursery.remove();
}
const caught = found.filter(({ caughtBy }) => caughtBy !== null).length;
console.log(`\n${tableOf(found)}\n\n${caught} of ${bugs.length} planted bugs were caught`);
process.exit(caught === bugs.length ? 0 : 1);
