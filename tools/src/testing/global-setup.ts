import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startPostgres } from "@tintype/local-cloud/postgres";
import "@tintype/local-cloud/testing";
import type { TestProject } from "vitest/node";

/** One server of each kind for all test files of a run; each file makes its own database in it. */
export default async function setup({ provide }: TestProject) {
  const dir = mkdtempSync(path.join(tmpdir(), "tintype-test-"));
  const postgres = await startPostgres({ dataDir: path.join(dir, "postgres"), fast: true });
  provide("postgresUrl", postgres.url);

  return async () => {
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
