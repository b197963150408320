import { passwordResetTokens, sessions, users, wallets } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { hashPassword, verifyPassword } from "./auth/passwords.ts";
import { demoAccounts } from "./demo-accounts.ts";
import { seed } from "./seed.ts";
import { useTestServices } from "./testing.ts";

const { parts, clock } = useTestServices();

test("seeding twice, and twice at once, makes each demo account and its credits once", async () => {
  const options = {
    databaseUrl: parts.database.url,
    catalogue: "studio",
    demoAccounts: true,
    now: clock.now(),
  } as const;

  await Promise.all([seed(options), seed(options)]);
  await seed(options);

  const rows = await parts.database.db
    .select()
    .from(users)
    .innerJoin(wallets, eq(wallets.userId, users.id))
    .orderBy(users.email);
  expect(rows).toMatchObject([
    { users: { email: "admin@tintype.local", role: "admin" }, wallets: { available: 10 } },
    { users: { email: "demo@tintype.local", role: "user" }, wallets: { available: 210 } },
  ]);
  for (const [index, { password }] of [demoAccounts.admin, demoAccounts.user].entries()) {
    expect(await verifyPassword(rows[index]?.users.passwordHash, password)).toBe(true);
  }
});

test("without their switch, demo accounts of an earlier start are locked: no password, no session, no admin", async () => {
  const { db, url } = parts.database;
  const start = (asked: boolean) =>
    seed({ databaseUrl: url, catalogue: "studio", demoAccounts: asked, now: clock.now() });
  await start(true);
  const [admin] = await db.select().from(users).where(eq(users.email, demoAccounts.admin.email));
  const userId = admin?.id ?? "";
  const [createdAt, expiresAt] = [clock.now(), new Date(clock.now().getTime() + 60_000)];
  await db.insert(sessions).values({ id: "open", userId, expiresAt });
  await db.insert(passwordResetTokens).values({ tokenHash: "sent", userId, createdAt, expiresAt });

  const { locked } = await start(false);
  expect(locked.toSorted()).toEqual(["admin@tintype.local", "demo@tintype.local"]);
  const rows = await db.select().from(users);
  expect(rows.map(({ passwordHash, role }) => [passwordHash, role])).toEqual([
    [null, "user"],
    [null, "user"],
  ]);
  expect(await db.select().from(sessions)).toEqual([]);
  expect(await db.select().from(passwordResetTokens)).toEqual([]);
  expect((await start(false)).locked).toEqual([]);

  await start(true);
  const [again] = await db.select().from(users).where(eq(users.id, userId));
  expect(again?.role).toBe("admin");
  expect(await verifyPassword(again?.passwordHash, demoAccounts.admin.password)).toBe(true);
});

test("a demo account whose password somebody has changed is theirs, and stays", async () => {
  const { db, url } = parts.database;
  const passwordHash = await hashPassword("a password of our own");
  const isAdmin = eq(users.email, demoAccounts.admin.email);
  await db.update(users).set({ passwordHash }).where(isAdmin);
  for (const asked of [false, true])
    await seed({ databaseUrl: url, catalogue: "studio", demoAccounts: asked, now: clock.now() });
  const [admin] = await db.select().from(users).where(isAdmin);
  expect(admin).toMatchObject({ passwordHash, role: "admin" });
});
