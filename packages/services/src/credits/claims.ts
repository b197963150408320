import type { CreditImportRow } from "@tintype/core/credit-import";
import type { Db, Tx } from "@tintype/db/client";
import { type CreditClaim, creditClaims } from "@tintype/db/schema";
import { and, eq, gt, isNull, or } from "drizzle-orm";
import { grantCredits } from "./grants.ts";

/** Of grants from another system; the rest of the key is that system's name for the balance. */
export const IMPORT_KEY_PREFIX = "migration:";

export async function findClaim(db: Db, externalId: string): Promise<CreditClaim | undefined> {
  const ofBalance = eq(creditClaims.externalId, externalId);
  return (await db.select().from(creditClaims).where(ofBalance))[0];
}

/** A step of granting a balance by another way than `redeemClaims`: if it waits, it does not any more. */
export async function takeClaim(
  tx: Tx,
  { externalId, userId }: { externalId: string; userId: string },
  now: Date,
): Promise<void> {
  await tx
    .update(creditClaims)
    .set({ claimedBy: userId, claimedAt: now })
    .where(and(eq(creditClaims.externalId, externalId), isNull(creditClaims.claimedAt)));
}

/** A step: keeps an imported balance for whoever shows that the address is theirs. @returns whether it is new */
export async function keepClaim(tx: Tx, row: CreditImportRow, now: Date): Promise<boolean> {
  const { externalId, email, credits, category, expiresAt, costBasisCents, note } = row;
  const kept = await tx
    .insert(creditClaims)
    .values({
      ...{ externalId, email, credits, category, expiresAt, costBasisCents, note },
      createdAt: now,
    })
    .onConflictDoNothing({ target: creditClaims.externalId })
    .returning({ externalId: creditClaims.externalId });
  return kept.length > 0;
}

/**
 * A step of verifying an address: what waits for it becomes grants, each once. What has expired meanwhile stays where
 * it is. The caller has locked the wallet and the user's row.
 */
export async function redeemClaims(
  tx: Tx,
  { userId, email }: { userId: string; email: string },
  now: Date,
): Promise<void> {
  const usable = or(isNull(creditClaims.expiresAt), gt(creditClaims.expiresAt, now));
  const claims = await tx
    .update(creditClaims)
    .set({ claimedBy: userId, claimedAt: now })
    .where(and(eq(creditClaims.email, email), isNull(creditClaims.claimedAt), usable))
    .returning();
  for (const claim of claims) {
    await grantCredits(tx, {
      userId,
      source: "migration",
      category: claim.category,
      amount: claim.credits,
      idempotencyKey: IMPORT_KEY_PREFIX + claim.externalId,
      now,
      actor: { actorKind: "system", actorId: "import" },
      expiresAt: claim.expiresAt,
      costBasisCents: claim.costBasisCents,
      ...(claim.note !== "" && { reason: claim.note }),
    });
  }
}
