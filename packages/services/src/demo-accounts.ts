import type { UserRole } from "@tintype/core/auth";
import type { Db } from "@tintype/db/client";
import { passwordResetTokens, sessions, users } from "@tintype/db/schema";
import { and, eq, isNull } from "drizzle-orm";
import { hashPassword, verifyPassword } from "./auth/passwords.ts";
import { openWallet } from "./auth/sign-up.ts";
import { getRewards } from "./catalogue/catalogue.ts";
import { grantCredits } from "./credits/grants.ts";

type DemoAccount = { email: string; password: string; role: UserRole; extraCredits: number };

/**
 * Known to everybody who can read this: for the desk and for tests, never for a public server. They are seeded past the
 * rule for passwords, and never change: by them the accounts of an earlier start are found and locked.
 */
export const demoAccounts = {
  user: {
    email: "demo@tintype.local",
    password: "demo-demo-demo",
    role: "user",
    extraCredits: 200,
  },
  admin: {
    email: "admin@tintype.local",
    password: "admin-admin-admin",
    role: "admin",
    extraCredits: 0,
  },
} as const satisfies Record<string, DemoAccount>;

export async function ensureDemoAccounts(db: Db, now: Date): Promise<void> {
  for (const account of Object.values(demoAccounts)) await ensureAccount(db, account, now);
}

/**
 * Closes the demo accounts of data that once had them: without a password nobody signs in, and who is signed in is not
 * any more. One whose password somebody has changed is an account like any other.
 * @returns the addresses that were open until now
 */
export async function lockDemoAccounts(db: Db): Promise<string[]> {
  const locked: string[] = [];
  for (const { email, password } of Object.values(demoAccounts)) {
    const [account] = await db.select().from(users).where(eq(users.email, email));
    const { id, passwordHash } = account ?? {};
    if (!id || !passwordHash || !(await verifyPassword(passwordHash, password))) continue;
    await db.transaction(async (tx) => {
      const same = and(eq(users.id, id), eq(users.passwordHash, passwordHash));
      await tx.update(users).set({ passwordHash: null, role: "user" }).where(same);
      await tx.delete(sessions).where(eq(sessions.userId, id));
      await tx.delete(passwordResetTokens).where(eq(passwordResetTokens.userId, id));
    });
    locked.push(email);
  }
  return locked;
}

async function ensureAccount(db: Db, account: DemoAccount, now: Date): Promise<void> {
  const { email, password, role, extraCredits } = account;
  const [known] = await db.select().from(users).where(eq(users.email, email));
  if (known && known.passwordHash !== null) return;
  const passwordHash = await hashPassword(password);
  if (known) {
    const stillLocked = and(eq(users.id, known.id), isNull(users.passwordHash));
    await db.update(users).set({ passwordHash, role }).where(stillLocked);
    return;
  }
  const rewards = await getRewards(db);
  await db.transaction(async (tx) => {
    const [user] = await tx
      .insert(users)
      .values({ email, role, passwordHash, verifiedEmail: email, createdAt: now })
      .onConflictDoNothing({ target: users.email })
      .returning({ id: users.id });
    if (!user) return;
    await openWallet(tx, { id: user.id, email }, rewards, now);
    if (extraCredits === 0) return;
    await grantCredits(tx, {
      userId: user.id,
      source: "compensation",
      category: "promo",
      amount: extraCredits,
      idempotencyKey: "seed:demo",
      reason: "demo account",
      now,
      actor: { actorKind: "system", actorId: "seed" },
    });
  });
}
