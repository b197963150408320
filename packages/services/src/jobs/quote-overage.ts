import { overageCentsFor } from "@tintype/core/billing";
import type { PriceBreakdown, PriceView } from "@tintype/core/catalogue";
import type { OverageQuote } from "@tintype/core/jobs";
import { overageCharges, userPreferences } from "@tintype/db/schema";
import { and, eq, sql } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { readAsUser } from "../read-as-user.ts";

/** @returns what the missing credits cost beyond the wallet; null when the user has not allowed that */
export async function quoteOverage(
  ctx: ServiceContext<UserActor>,
  { units, credits }: PriceBreakdown,
  price: PriceView,
  available: number,
): Promise<OverageQuote | null> {
  const { userId } = ctx.actor;
  const [allowed] = await readAsUser(ctx, (tx) =>
    tx
      .select({ limitCents: userPreferences.overageLimitCents, usedCents })
      .from(userPreferences)
      .leftJoin(
        overageCharges,
        and(
          eq(overageCharges.userId, userId),
          sql`${overageCharges.periodReference} = overage_period_of(${userId}::uuid, ${ctx.now().toISOString()}::timestamptz)`,
        ),
      )
      .where(eq(userPreferences.userId, userId))
      .groupBy(userPreferences.userId),
  );
  if (!allowed || allowed.limitCents === null) return null;
  const missing = credits - available;
  const cents = overageCentsFor(missing, credits, { units, ...price });
  const { limitCents } = allowed;
  const withinLimit = allowed.usedCents + cents <= limitCents;
  return { credits: missing, cents, limitCents, usedCents: allowed.usedCents, withinLimit };
}

/** What was not yet settled counts with all that was promised. */
const usedCents =
  sql<number>`coalesce(sum(coalesce(${overageCharges.billedCents}, ${overageCharges.heldCents})), 0)`.mapWith(
    Number,
  );
