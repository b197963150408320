import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { balanceOfUser } from "./credit-functions.ts";
import { users, wallets } from "./schema/index.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { asUser } from "./user-scope.ts";

const now = new Date("2026-06-01T12:00:00Z");
const ids = Array.from({ length: 8 }, () => randomUUID());
const [alice = "", bob = ""] = ids;
let database: TestDatabase;
beforeAll(async () => {
  // Two connections, so that scopes follow each other on the same one all the time.
  database = await createTestDatabase(inject("postgresUrl"), { maxConnections: 2 });
  const { db } = database;
  for (const id of ids) {
    await db.insert(users).values({ id, email: `${id}@example.com`, createdAt: now });
    await db.insert(wallets).values({ userId: id, updatedAt: now });
  }
});
afterAll(() => database.drop());

const scope = sql`select current_user as role, current_setting('app.user_id', true) as "userId"`;
/** What each connection of the pool is like when nobody uses it. */
const idleScopes = () => Promise.all([database.db.execute(scope), database.db.execute(scope)]);
const clean = { role: "tintype_app", userId: expect.toBeOneOf([null, ""]) };
const ownWallets = (userId: string) =>
  asUser(database.db, userId, (tx) => tx.select().from(wallets).prepare("all_wallets").execute());

test("a query without any where returns the user's own rows", async () => {
  expect(await ownWallets(alice)).toMatchObject([{ userId: alice }]);
  expect(await asUser(database.db, bob, (tx) => tx.select().from(wallets))).toMatchObject([
    { userId: bob },
  ]);
});

test("naming another user finds nothing", async () => {
  const found = await asUser(database.db, alice, (tx) =>
    tx.select().from(wallets).where(eq(wallets.userId, bob)),
  );
  expect(found).toEqual([]);
});

test("the very first query is in the scope, prepared or not, and so are queries sent together", async () => {
  const seen = await asUser(database.db, alice, (tx) =>
    Promise.all([
      tx.execute(scope),
      tx.select().from(wallets).prepare("all_wallets").execute(),
      tx.select().from(wallets),
    ]),
  );
  expect(seen).toMatchObject([
    [{ role: "tintype_user", userId: alice }],
    [{ userId: alice }],
    [{ userId: alice }],
  ]);
});

test("users at once on a few warm connections never see each other's rows", async () => {
  const rounds = Array.from({ length: 25 }, () => ids).flat();
  const found = await Promise.all(rounds.map(ownWallets));
  expect(found.map((rows) => rows.map(({ userId }) => userId))).toEqual(rounds.map((id) => [id]));
  expect(await idleScopes()).toMatchObject([[clean], [clean]]);
});

test("the scope ends with the transaction, also when the work fails", async () => {
  const failing = asUser(database.db, alice, async (tx) => {
    await tx.select().from(wallets);
    throw new Error("changed my mind");
  });
  await expect(failing).rejects.toThrow("changed my mind");
  const refused = asUser(database.db, alice, (tx) => tx.update(wallets).set({ available: 9 }));
  await expect(refused).rejects.toMatchObject({ cause: { code: "42501" } });
  expect(await idleScopes()).toMatchObject([[clean], [clean]]);
});

test("an id that is none runs nothing as the service", async () => {
  for (const id of ["", "nobody", `${alice}'; reset role; --`, `${alice}\n`]) {
    await expect(ownWallets(id)).rejects.toThrow("a scope is entered with the id of a user");
  }
});

test("the balance is read in the user's scope, and leaves the caller's as it was", async () => {
  const [before] = await database.db.transaction(async (tx) => {
    expect(await balanceOfUser(tx, { userId: alice, now })).toMatchObject({ available: 0 });
    return tx.execute(scope);
  });
  expect(before).toMatchObject(clean);
  expect(await balanceOfUser(database.db, { userId: randomUUID(), now })).toBeNull();

  const inside = await asUser(database.db, alice, async (tx) => {
    await balanceOfUser(tx, { userId: alice, now });
    return tx.execute(scope);
  });
  expect(inside).toMatchObject([{ role: "tintype_user", userId: alice }]);
});
