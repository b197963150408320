import type { UserRole } from "@tintype/core/auth";
import type { CatalogueName } from "@tintype/core/catalogue";
import { connect, type Db } from "@tintype/db/client";
import { users } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { hashPassword } from "./auth/passwords.ts";
import { openWallet } from "./auth/sign-up.ts";
import { ensureCatalogue, getRewards } from "./catalogue/catalogue.ts";
import { grantCredits } from "./credits/grants.ts";

type DemoAccount = { email: string; password: string; role: UserRole; extraCredits: number };

/** Known to everybody who can read this: for the desk and for tests, never for a public server. */
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

export type SeedOptions = {
  databaseUrl: string;
  catalogue: CatalogueName;
  demoAccounts: boolean;
  now: Date;
};

/** What an empty, migrated database needs. Doing it again, or twice at once, changes nothing. */
export async function seed(options: SeedOptions): Promise<void> {
  const { db, close } = connect(options.databaseUrl, { maxConnections: 2 });
  try {
    await ensureCatalogue(db, options.catalogue, options.now);
    if (!options.demoAccounts) return;
    for (const account of Object.values(demoAccounts)) {
      await ensureAccount(db, account, options.now);
    }
  } finally {
    await close();
  }
}

async function ensureAccount(db: Db, account: DemoAccount, now: Date): Promise<void> {
  const { email, password, role, extraCredits } = account;
  const [known] = await db.select({ id: users.id }).from(users).where(eq(users.email, email));
  if (known) return;
  const passwordHash = await hashPassword(password);
  const rewards = await getRewards(db);
  await db.transaction(async (tx) => {
    const [user] = await tx
      .insert(users)
      .values({ email, role, passwordHash, createdAt: now })
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
