import type { Tx } from "@tintype/db/client";
import { wallets } from "@tintype/db/schema";
import { eq } from "drizzle-orm";

/** Who moves credits for the payment provider, in the history. */
export const billingActor = { actorKind: "system", actorId: "billing" } as const;

/**
 * Takes the user's row lock before anything else of theirs is looked at, so that events about one user are applied
 * one after another, and never in each other's way with jobs, which take it last.
 * @returns the wallet's version: whatever moves credits raises it
 */
export async function lockWallet(tx: Tx, userId: string, now: Date): Promise<number> {
  await tx
    .insert(wallets)
    .values({ userId, updatedAt: now })
    .onConflictDoNothing({ target: wallets.userId });
  return walletVersion(tx, userId);
}

/**
 * The same for a schedule: whoever comes second to a wallet passes it by.
 * @returns null when somebody is at it, or there is none
 */
export async function claimWallet(tx: Tx, userId: string): Promise<{ owed: number } | null> {
  const [wallet] = await tx
    .select({ owed: wallets.owed })
    .from(wallets)
    .where(eq(wallets.userId, userId))
    .for("update", { skipLocked: true });
  return wallet ?? null;
}

export async function walletVersion(tx: Tx, userId: string): Promise<number> {
  const [wallet] = await tx
    .select({ version: wallets.seq })
    .from(wallets)
    .where(eq(wallets.userId, userId))
    .for("update")
    .prepare("wallet_version")
    .execute();
  if (!wallet) throw new Error(`the wallet of ${userId} vanished under its own lock`);
  return wallet.version;
}
