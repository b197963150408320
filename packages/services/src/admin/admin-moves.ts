import type { AdminMove } from "@tintype/core/admin-credits";
import { DomainError } from "@tintype/core/problems";
import { creditEvents, users, wallets } from "@tintype/db/schema";
import { and, eq } from "drizzle-orm";
import type { ServiceContext } from "../context.ts";

type Context = Pick<ServiceContext, "db" | "signals">;

/** @throws DomainError user_not_found */
export async function ensureUser({ db }: Pick<Context, "db">, userId: string): Promise<void> {
  const [user] = await db.select({ id: users.id }).from(users).where(eq(users.id, userId));
  if (!user) throw new DomainError({ code: "user_not_found" });
}

type AdminRequest = {
  userId: string;
  requestId: string;
  idempotencyKey: string;
  /** Signed change of what may be spent. */
  change: number;
  reason: string;
};

/** What was booked under this id must be what is asked for. @throws DomainError request_id_reused */
export async function ensureSameRequest(
  { db }: Pick<Context, "db">,
  { userId, requestId, idempotencyKey, change, reason }: AdminRequest,
): Promise<void> {
  const [event] = await db
    .select({ change: creditEvents.availableChange, reason: creditEvents.reason })
    .from(creditEvents)
    .where(and(eq(creditEvents.userId, userId), eq(creditEvents.idempotencyKey, idempotencyKey)));
  if (event?.change === change && event.reason === reason) return;
  throw new DomainError({ code: "request_id_reused", requestId });
}

/** Tells the user's browsers, and the admin what the wallet holds now. */
export async function afterMove(
  { db, signals }: Context,
  userId: string,
  moved: boolean,
): Promise<AdminMove> {
  if (moved) signals.userChanged(userId);
  const [wallet] = await db
    .select({ available: wallets.available, owed: wallets.owed })
    .from(wallets)
    .where(eq(wallets.userId, userId));
  return { moved, available: wallet?.available ?? 0, owed: wallet?.owed ?? 0 };
}
