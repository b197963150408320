import type { AdminUserInput } from "@tintype/core/admin-credits";
import { type SyncedValue, syncUserCredits, validateUserCredits } from "@tintype/db/consistency";
import type { CreditViolation } from "@tintype/db/schema";
import type { AdminActor, ServiceContext } from "../context.ts";
import { ensureUser } from "./admin-moves.ts";

/** Proves one user's books; an empty answer: they balance. @throws DomainError user_not_found */
export async function validateUser(
  ctx: ServiceContext<AdminActor>,
  { userId }: AdminUserInput,
): Promise<CreditViolation[]> {
  await ensureUser(ctx, userId);
  return validateUserCredits(ctx.db, userId);
}

/**
 * Rebuilds wallet and grants of a user from the entries, which are never touched.
 * @returns what was wrong and has been put right @throws DomainError user_not_found
 */
export async function syncUser(
  ctx: ServiceContext<AdminActor>,
  { userId }: AdminUserInput,
): Promise<SyncedValue[]> {
  await ensureUser(ctx, userId);
  const synced = await syncUserCredits(ctx.db, userId);
  if (synced.length > 0) ctx.signals.userChanged(userId);
  return synced;
}
