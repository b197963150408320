import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { migrate } from "./migrate.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
});
afterAll(() => database.drop());

test("the application works as a role that owns nothing", async () => {
  const [row] = await database.db.execute<{ role: string }>(sql`select current_user as role`);
  expect(row?.role).toBe("tintype_app");
});

test("migrating twice at once, and again later, changes nothing", async () => {
  await Promise.all([migrate(database.url), migrate(database.url)]);
  await migrate(database.url);
});

test("the plan a migration leaves is the schema the code believes in", async () => {
  const [row] = await database.db.execute<{ tables: number }>(
    sql`select count(*)::integer as tables from information_schema.tables where table_schema = 'public'`,
  );
  expect(row?.tables).toBe(19);
});
