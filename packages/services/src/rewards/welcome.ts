import { canonicalAddress } from "@tintype/core/canonical-address";
import type { Rewards } from "@tintype/core/catalogue";
import type { Tx } from "@tintype/db/client";
import { welcomedAddresses } from "@tintype/db/schema";
import { sha256 } from "../auth/sha256.ts";
import { grantCredits } from "../credits/grants.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * A step: welcome credits, once to every person. Whoever deletes an account and makes it anew, or writes the same
 * mailbox in another way, gets an account that works and no credits. What we remember of them is a hash.
 * @returns whether the person has had no account before
 */
export async function welcome(
  tx: Tx,
  user: { id: string; email: string },
  { welcomeCredits, welcomeExpiresDays }: Rewards,
  now: Date,
): Promise<{ isNewHere: boolean }> {
  const addressHash = sha256(canonicalAddress(user.email));
  const remembered = await tx
    .insert(welcomedAddresses)
    .values({ addressHash, createdAt: now })
    .onConflictDoNothing({ target: welcomedAddresses.addressHash })
    .returning();
  const isNewHere = remembered.length > 0;
  if (!isNewHere || welcomeCredits === 0) return { isNewHere };

  const expiresInMs = welcomeExpiresDays === null ? null : welcomeExpiresDays * DAY_MS;
  await grantCredits(tx, {
    userId: user.id,
    source: "welcome",
    category: "promo",
    amount: welcomeCredits,
    idempotencyKey: `welcome:${user.id}`,
    expiresAt: expiresInMs === null ? null : new Date(now.getTime() + expiresInMs),
    now,
    actor: { actorKind: "system", actorId: "sign_up" },
  });
  return { isNewHere };
}
