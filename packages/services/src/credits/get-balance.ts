import type { BalanceView } from "@tintype/core/jobs";
import { type Db, preparedPerDb } from "@tintype/db/client";
import { creditGrants, wallets } from "@tintype/db/schema";
import { and, eq, gt, lte, sql } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";

/** What the wallet still counts although nobody may spend it any more. */
const expired = (db: Db) =>
  db
    .select({ sum: sql`coalesce(sum(${creditGrants.available}), 0)` })
    .from(creditGrants)
    .where(
      and(
        eq(creditGrants.userId, wallets.userId),
        gt(creditGrants.available, 0),
        lte(creditGrants.expiresAt, sql`${sql.placeholder("now")}::timestamptz`),
      ),
    );

const balanceOf = preparedPerDb((db: Db) =>
  db
    .select({
      available: sql`${wallets.available} - (${expired(db)})`.mapWith(Number),
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
  const [balance] = await balanceOf(ctx.db).execute({
    userId: ctx.actor.userId,
    now: ctx.now().toISOString(),
  });
  return balance ?? { available: 0, held: 0, owed: 0, version: 0 };
}
