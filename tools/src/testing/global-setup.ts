import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startMailCatcher } from "@tintype/local-cloud/mail";
import { startPostgres } from "@tintype/local-cloud/postgres";
import { startS3 } from "@tintype/local-cloud/s3";
import "@tintype/local-cloud/testing";
import type { TestProject } from "vitest/node";

const s3Access = {
  region: "us-east-1",
  accessKeyId: "TINTYPETEST",
  secretAccessKey: "tintype-test-secret",
};

/** One server of each kind for all test files of a run; each file makes its own database in it. */
export default async function setup({ provide }: TestProject) {
  const dir = mkdtempSync(path.join(tmpdir(), "tintype-test-"));
  const postgres = await startPostgres({ dataDir: path.join(dir, "postgres"), fast: true });
  const s3 = await startS3({
    dir: path.join(dir, "s3"),
    region: s3Access.region,
    keys: { [s3Access.accessKeyId]: s3Access.secretAccessKey },
    buckets: ["tintype-uploads", "tintype-outputs"],
  });
  const mail = await startMailCatcher({ dir: path.join(dir, "mail") });
  provide("postgresUrl", postgres.url);
  provide("s3", { endpoint: s3.url, ...s3Access });
  // The same lives in every run, unless somebody asks for others.
  const { MODEL_SEED = "20261121", MODEL_LIVES = "1000", MODEL_SHRINK = "yes" } = process.env;
  const [seed, lives] = [Number(MODEL_SEED), Number(MODEL_LIVES)];
  provide("ledgerModel", { seed, lives, shrink: MODEL_SHRINK === "yes" });
  // A day in the middle of nothing, unless somebody asks for the end of a month.
  provide("testClock", process.env.TEST_CLOCK ?? "2026-06-01T12:00:00Z");
  provide("smtp", { url: mail.smtpUrl, inboxUrl: mail.inboxUrl });

  return async () => {
    await Promise.all([mail.stop(), s3.stop(), postgres.stop()]);
    rmSync(dir, { recursive: true, force: true });
  };
}
