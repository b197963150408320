import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { afterAll, beforeAll, inject } from "vitest";

const migrations = fileURLToPath(new URL("../../migrations/", import.meta.url));

/** A database that is migrated in two halves, with rows between, as an operator's is: each migration by itself. */
export function useHalfMigrated() {
  const name = `half_${randomUUID().replaceAll("-", "")}`;
  const own = {} as { server: postgres.Sql; sql: postgres.Sql };
  beforeAll(async () => {
    const url = new URL(inject("postgresUrl"));
    own.server = postgres(url.href, { max: 1, onnotice: () => undefined });
    await own.server.unsafe(`create database ${name}`);
    url.pathname = `/${name}`;
    own.sql = postgres(url.href, { max: 1, onnotice: () => undefined });
  });
  afterAll(async () => {
    await own.sql.end({ timeout: 5 });
    await own.server.unsafe(`drop database if exists ${name} with (force)`);
    await own.server.end({ timeout: 5 });
  });

  const apply = async (file: string): Promise<void> => {
    const text = await readFile(`${migrations}${file}`, "utf8");
    await own.sql.begin(async (tx) => {
      for (const statement of text.split("--> statement-breakpoint")) await tx.unsafe(statement);
    });
  };
  return {
    own,
    /** All migrations before this one. */
    migrateUpTo: async (file: string) => {
      const files = (await readdir(migrations)).filter((each) => each.endsWith(".sql")).toSorted();
      if (!files.includes(file)) throw new Error(`there is no migration ${file}`);
      for (const each of files.slice(0, files.indexOf(file))) await apply(each);
    },
    apply,
  };
}
