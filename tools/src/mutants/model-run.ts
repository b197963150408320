import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createModelDatabase } from "@tintype/db/testing/model/model-database";
import { statementsOf } from "@tintype/db/testing/model/plant";
import type { PlantedBug } from "@tintype/db/testing/model/planted-bugs";
import { runLives } from "@tintype/db/testing/model/run-lives";
import { startPostgres } from "@tintype/local-cloud/postgres";

const SEED = 7;
const LIVES = 1_000;
const SHOWN_CHARACTERS = 70;

export type ModelRun = {
  /** @returns how the model's lives (ledger-races.test.ts) have found the bug; null when they have not */
  find: (bug: PlantedBug) => Promise<string | null>;
  stop: () => Promise<void>;
};

/** Lives of the model against databases with sick functions: no second process, so it is quick. */
export async function startModelRun(): Promise<ModelRun> {
  const dir = mkdtempSync(path.join(tmpdir(), "tintype-mutants-"));
  const postgres = await startPostgres({ dataDir: path.join(dir, "postgres"), fast: true });
  return {
    find: async (bug) => {
      const database = await createModelDatabase(postgres.url, await statementsOf(bug));
      try {
        await runLives(database, { seed: SEED, lives: LIVES, shrink: false });
        return null;
      } catch (error) {
        return `ledger-races: ${reasonOf(error)}`;
      } finally {
        await database.drop();
      }
    },
    stop: async () => {
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** fast-check's error carries what went wrong as its cause; its first line says it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error) || !error.message.startsWith("Property failed")) throw error;
  const [line = ""] = String((error.cause as Error | undefined)?.message).split("\n");
  return line.slice(0, SHOWN_CHARACTERS).replaceAll("|", "/");
}
