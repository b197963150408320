import { randomUUID } from "node:crypto";
import type { CreditCategory, CreditSource } from "@tintype/core/credits";
import type { Db, Tx } from "@tintype/db/client";
import { type ActorColumns, grantCredits as grantFunction } from "@tintype/db/credit-functions";

export type NewGrant = {
  userId: string;
  source: CreditSource;
  category: CreditCategory;
  /** Whole credits, at least 1. */
  amount: number;
  /** The same key again grants nothing: `welcome:{user}`, `payment:{id}`, … */
  idempotencyKey: string;
  now: Date;
  actor: ActorColumns;
  grantId?: string;
  reason?: string;
  expiresAt?: Date | null;
  priority?: number;
  costBasisCents?: number;
  currency?: string;
  paymentReference?: string;
  periodReference?: string;
};

/** Default place in the burn order; with everybody at 50, the expiry decides. */
const DEFAULT_PRIORITY = 50;

/**
 * Issues a bucket of credits, creating the wallet when it is the first.
 * Works alone or as a step of an open transaction. @returns whether this call granted it
 */
export async function grantCredits(tx: Tx | Db, grant: NewGrant): Promise<boolean> {
  const { outcome } = await grantFunction(tx, {
    userId: grant.userId,
    grantId: grant.grantId ?? randomUUID(),
    source: grant.source,
    category: grant.category,
    amount: grant.amount,
    idempotencyKey: grant.idempotencyKey,
    ...grant.actor,
    now: grant.now,
    expiresAt: grant.expiresAt ?? null,
    priority: grant.priority ?? DEFAULT_PRIORITY,
    costBasisCents: grant.costBasisCents ?? 0,
    currency: grant.currency ?? "usd",
    paymentReference: grant.paymentReference ?? null,
    periodReference: grant.periodReference ?? null,
    reason: grant.reason ?? null,
  });
  return outcome === "granted";
}
