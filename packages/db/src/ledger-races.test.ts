import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createModelDatabase, type ModelDatabase } from "./testing/model/model-database.ts";
import { runLives } from "./testing/model/run-lives.ts";
import { findViolations } from "./testing.ts";

/**
 * Random lives of users whose calls are in flight together, are made twice, lose their answers and are made again:
 * the real functions against the model in testing/model. `MODEL_SEED` and `MODEL_LIVES` choose other lives; the seed
 * in the message of a failure is such a `MODEL_SEED`.
 */
let database: ModelDatabase;
beforeAll(async () => {
  database = await createModelDatabase(inject("postgresUrl"));
});
afterAll(() => database.drop());

const LIVES_TIMEOUT_MS = 600_000;

test(
  "whatever is in flight at once, the books are as if it had come one by one",
  async () => {
    const { seed, lives, shrink } = inject("ledgerModel");
    const tally = await runLives(database, { seed, lives, shrink });
    expect(await findViolations(database)).toEqual([]);
    // Lives in which nothing happens prove nothing.
    expect(tally.lives).toBeGreaterThanOrEqual(lives);
    expect(tally.calls).toBeGreaterThan(10 * lives);
    expect(tally.events).toBeGreaterThan(5 * lives);
    expect(tally.lost).toBeGreaterThan(lives / 10);
  },
  LIVES_TIMEOUT_MS,
);
