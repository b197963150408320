import { parseArgs } from "node:util";
import { storageSettings } from "@tintype/core/environment";
import { connect } from "@tintype/db/client";
import { databaseTime } from "@tintype/db/clock/database-time";
import { createS3Storage } from "@tintype/integrations/storage/s3";
import { adoptStore, previewSweep, sweepOrphans } from "@tintype/services/assets/sweep-orphans";
import { readSweepEnv } from "./env.ts";
import { outcomeReport, previewReport } from "./sweep-report.ts";

/**
 * Objects that no row names, by hand: `sweep.ts` shows what a sweep would do, `--apply` does it though it be much,
 * `--adopt` ties this database to these buckets.
 */
async function sweep(): Promise<void> {
  const { values } = parseArgs({
    options: {
      "dry-run": { type: "boolean", default: false },
      apply: { type: "boolean", default: false },
      adopt: { type: "boolean", default: false },
    },
  });
  const env = readSweepEnv();
  const { db, close } = connect(env.DATABASE_URL, { maxConnections: 2 });
  const storage = createS3Storage(storageSettings(env));
  // What is old enough to go is told by the database: the clock of whoever sits here may be days ahead.
  const at = await databaseTime(db);
  const ctx = { db, storage, now: () => at };
  const maxPercent = env.ORPHAN_SWEEP_MAX_PERCENT;
  try {
    if (values["dry-run"] || !(values.apply || values.adopt)) {
      process.stdout.write(previewReport(await previewSweep(ctx, maxPercent)));
      return;
    }
    if (values.adopt) {
      await adoptStore(ctx);
      process.stdout.write("Database and store are tied to each other now.\n");
    }
    if (!values.apply) return;
    const outcome = await sweepOrphans(ctx, { maxPercent, isConfirmed: true });
    process.stdout.write(outcomeReport(outcome));
    if (outcome.outcome === "refused") process.exitCode = 1;
  } finally {
    storage.close();
    await close();
  }
}

await sweep().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
