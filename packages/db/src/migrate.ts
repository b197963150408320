import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as applyMigrations } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { advisoryLocks } from "./advisory-locks.ts";

const migrationsFolder = fileURLToPath(new URL("../migrations", import.meta.url));
const functionsFolder = fileURLToPath(new URL("../sql", import.meta.url));

/**
 * Brings a database up to date: the tables, then the SQL functions and rights of the hot path.
 * Safe to call from several processes at once: one works, the others wait for it.
 * @throws postgres.PostgresError when a statement fails; what was applied before it stays applied
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const client = postgres(databaseUrl, { max: 1, onnotice: () => undefined, connect_timeout: 10 });
  try {
    await client`select pg_advisory_lock(${advisoryLocks.migration})`;
    await applyMigrations(drizzle(client), { migrationsFolder });
    for (const statement of await readFunctions()) await client.unsafe(statement).simple();
  } finally {
    await client.end({ timeout: 5 });
  }
}

async function readFunctions(): Promise<string[]> {
  const names = (await readdir(functionsFolder)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(names.map((name) => readFile(`${functionsFolder}/${name}`, "utf8")));
}
