import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { connect } from "@tintype/db/client";
import { databaseTime } from "@tintype/db/clock/database-time";
import { importCredits } from "@tintype/services/admin/import-credits";
import { readCreditFile } from "./credit-file.ts";
import { readImportEnv } from "./env.ts";
import { importReport } from "./import-report.ts";

/** Brings balances from another system: `import-credits.ts FILE.csv [--dry-run]`. README says what the file holds. */
async function importFile(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { "dry-run": { type: "boolean", default: false } },
  });
  const [file] = positionals;
  if (file === undefined) throw new Error("which file? import-credits.ts FILE.csv [--dry-run]");

  const { DATABASE_URL, REQUIRE_VERIFIED_EMAIL: requireVerifiedEmail } = readImportEnv();
  const lines = readCreditFile(await readFile(file, "utf8"));
  const { db, close } = connect(DATABASE_URL, { maxConnections: 1 });
  try {
    const actor = { kind: "system", name: "import" } as const;
    const at = await databaseTime(db);
    const ctx = { db, actor, now: () => at };
    const outcomes = await importCredits(ctx, lines, {
      dryRun: values["dry-run"],
      requireVerifiedEmail,
    });
    process.stdout.write(importReport(outcomes));
    if (outcomes.some(({ outcome }) => outcome === "failed")) process.exitCode = 1;
  } finally {
    await close();
  }
}

await importFile().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
