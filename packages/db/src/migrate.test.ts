import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { connect } from "./client.ts";
import { balanceOfUser } from "./credit-functions.ts";
import { migrate } from "./migrate.ts";
import { wallets } from "./schema/index.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { asUser } from "./user-scope.ts";

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
  expect(row?.tables).toBe(43);
});

test("an owner who is no superuser can migrate, and enter a user's scope", async () => {
  const name = `owner_${randomUUID().replaceAll("-", "")}`;
  const server = postgres(inject("postgresUrl"), { max: 1, onnotice: () => undefined });
  try {
    // Where both roles do not exist yet, an owner who may create roles makes them and has them by that.
    await server.unsafe(`create role ${name} login createrole password '${name}'`);
    await server.unsafe(`grant tintype_app, tintype_user to ${name} with admin option`);
    await server.unsafe(`create database ${name} owner ${name}`);
    const url = new URL(inject("postgresUrl"));
    Object.assign(url, { username: name, password: name, pathname: `/${name}` });
    await migrate(url.href);

    const { db, close } = connect(url.href, { maxConnections: 1 });
    const userId = randomUUID();
    expect(await asUser(db, userId, (tx) => tx.select().from(wallets))).toEqual([]);
    expect(await balanceOfUser(db, { userId, now: new Date() })).toBeNull();
    await close();
  } finally {
    await server.unsafe(`drop database if exists ${name} with (force)`);
    await server.unsafe(`drop role if exists ${name}`);
    await server.end({ timeout: 5 });
  }
});
