import type { BalanceView } from "@tintype/core/jobs";
import { balanceOfUser } from "@tintype/db/credit-functions";
import type { ServiceContext, UserActor } from "../context.ts";

/** What the user may spend, what is set aside for unfinished jobs, and the version to compare states by. */
export async function getBalance(ctx: ServiceContext<UserActor>): Promise<BalanceView> {
  const balance = await balanceOfUser(ctx.db, { userId: ctx.actor.userId, now: ctx.now() });
  return balance ?? { available: 0, held: 0, owed: 0, version: 0 };
}
