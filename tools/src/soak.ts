import { longRun } from "./long-run.ts";
import { readOptions, usage } from "./soak/options.ts";
import { runSoak } from "./soak/run.ts";

// npm run soak: a million random operations from several processes, which are killed in the middle of it, as is
// PostgreSQL; then every acknowledged one must be in the ledger, once, and the books must balance.
await longRun({
  ...{ readOptions, usage, run: runSoak },
  title: ({ operations, seed }) => `${operations} operations, seed ${seed}`,
  report: ({ acknowledged, kills, restarts, retries, seconds, overspent, lost, problems }) => {
    const counts = `${acknowledged} operations, ${kills} clients killed, ${restarts} restarts of PostgreSQL, ${retries} retries`;
    const speed = `${seconds.toFixed(0)} s, ${Math.round(acknowledged / seconds)} operations a second`;
    const books = problems.length === 0 ? "books balanced" : `${problems.length} problems`;
    return [`${counts}, ${speed}`, `${overspent} overspent, ${lost} lost, ${books}`];
  },
});
