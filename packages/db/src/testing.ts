import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type {} from "@tintype/local-cloud/testing";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import { connect, type DatabaseConnection } from "./client.ts";
import { validateCreditsConsistency } from "./consistency.ts";
import { migrate } from "./migrate.ts";
import { transactionScope } from "./pool/scope.ts";

export type TestDatabase = DatabaseConnection & { url: string; drop: () => Promise<void> };

/**
 * A private, migrated database for one test file, cloned from a template in about 60 ms.
 * @param serverUrl a superuser's address of the test server (vitest: `inject("postgresUrl")`)
 */
export async function createTestDatabase(
  serverUrl: string,
  options: { maxConnections?: number } = {},
): Promise<TestDatabase> {
  const admin = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  try {
    const template = await ensureTemplate(admin, serverUrl);
    await admin.unsafe(`create database ${name} template ${template} strategy file_copy`);
  } finally {
    await admin.end({ timeout: 5 });
  }
  const url = withDatabase(serverUrl, name);
  // A machine with other work to do must not be told from a defect: callers wait for a connection as long as it takes.
  const connection = connect(url, { waitMs: 60_000, ...options });
  const drop = async () => {
    await connection.close();
    const cleaner = postgres(serverUrl, { max: 1, onnotice: () => undefined });
    await cleaner.unsafe(`drop database if exists ${name} with (force)`);
    await cleaner.end({ timeout: 5 });
  };
  return { ...connection, url, drop };
}

/** One template per state of the migrations; whoever comes first makes it, the others wait. */
async function ensureTemplate(admin: postgres.Sql, serverUrl: string): Promise<string> {
  const template = `template_${await fingerprint()}`;
  const lock = Number.parseInt(template.slice(-7), 16);
  await admin`select pg_advisory_lock(${lock})`;
  try {
    const [known] = await admin`select 1 from pg_database where datname = ${template}`;
    if (!known) {
      const unfinished = `${template}_unfinished`;
      await admin.unsafe(`drop database if exists ${unfinished} with (force)`);
      await admin.unsafe(`create database ${unfinished}`);
      await migrate(withDatabase(serverUrl, unfinished));
      await admin.unsafe(`alter database ${unfinished} rename to ${template}`);
    }
  } finally {
    await admin`select pg_advisory_unlock(${lock})`;
  }
  return template;
}

async function fingerprint(): Promise<string> {
  const hash = createHash("sha256");
  for (const folder of ["../migrations", "../sql"]) {
    const path = fileURLToPath(new URL(folder, import.meta.url));
    for (const name of (await readdir(path)).filter((file) => file.endsWith(".sql")).sort()) {
      hash.update(name).update(await readFile(`${path}/${name}`));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Proves the books and runs `invariants.sql`. @returns one line per violation; none means that all is well */
export async function findViolations({ db }: Pick<DatabaseConnection, "db">): Promise<string[]> {
  const path = fileURLToPath(new URL("../invariants.sql", import.meta.url));
  const rows = await db.execute<{ violation: string; user_id: string; subject: string }>(
    sql.raw(await readFile(path, "utf8")),
  );
  const broken = await validateCreditsConsistency(db);
  return [
    ...rows.map(({ violation, user_id, subject }) => `${violation}: ${user_id} ${subject}`),
    ...broken.map(
      ({ invariant, userId, subject, expected, actual }) =>
        `${invariant}: ${userId} ${subject}: ${expected} expected, ${actual} found`,
    ),
  ];
}

/** Runs the work as another client would, from within a transaction that a test holds open to keep its locks. */
export const asAnotherClient = <T>(work: () => T): T => transactionScope.exit(work);
