import type { BalanceView } from "@tintype/core/jobs";
import { type Db, preparedPerDb } from "@tintype/db/client";
import { wallets } from "@tintype/db/schema";
import { eq, sql } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";

const balanceOf = preparedPerDb((db: Db) =>
  db
    .select({
      available: wallets.available,
      held: wallets.held,
      owed: wallets.owed,
      version: wallets.seq,
    })
    .from(wallets)
    .where(eq(wallets.userId, sql.placeholder("userId")))
    .prepare("balance_of_user"),
);

/** What the user may spend, what is set aside for unfinished jobs, and the version to compare states by. */
export async function getBalance(ctx: ServiceContext<UserActor>): Promise<BalanceView> {
  const [balance] = await balanceOf(ctx.db).execute({ userId: ctx.actor.userId });
  return balance ?? { available: 0, held: 0, owed: 0, version: 0 };
}
