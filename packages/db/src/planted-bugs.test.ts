import { expect, inject, test } from "vitest";
import { createModelDatabase } from "./testing/model/model-database.ts";
import { applyEdit, statementsOf } from "./testing/model/plant.ts";
import { commonBugs } from "./testing/model/planted-bugs.ts";
import { bugsOfHolds } from "./testing/model/planted-bugs-of-holds.ts";
import { bugsOfPayments } from "./testing/model/planted-bugs-of-payments.ts";
import { runLives } from "./testing/model/run-lives.ts";

const SEED = 7;
const LIVES = 600;
const BUG_TIMEOUT_MS = 240_000;

/** A suite that stays green whatever is broken would be no suite. `npm run mutants` plants all the others as well. */
test.each(commonBugs)("the model finds it when $name", { timeout: BUG_TIMEOUT_MS }, async (bug) => {
  const sick = await createModelDatabase(inject("postgresUrl"), await statementsOf(bug));
  try {
    const lives = runLives(sick, { seed: SEED, lives: LIVES, shrink: false });
    await expect(lives).rejects.toThrow(/^Property failed/);
  } finally {
    await sick.drop();
  }
});

test("every planted bug can still be planted: its text stands there once", async () => {
  for (const bug of [...commonBugs, ...bugsOfHolds, ...bugsOfPayments]) {
    expect((await statementsOf(bug)).length, bug.name).toBeGreaterThan(0);
  }
  const edit = { file: "a.sql", find: "lock", replace: "" };
  expect(() => applyEdit("lock and lock", edit)).toThrow('a.sql has 2 places that read "lock"');
  expect(() => applyEdit("nothing", edit)).toThrow("a.sql has 0 places");
});
