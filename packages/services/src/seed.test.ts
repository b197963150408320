import { users, wallets } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { verifyPassword } from "./auth/passwords.ts";
import { demoAccounts, seed } from "./seed.ts";
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
