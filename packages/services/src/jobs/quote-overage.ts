import { overageCentsFor } from "@tintype/core/billing";
import type { PriceBreakdown, PriceView } from "@tintype/core/catalogue";
import type { OverageQuote } from "@tintype/core/jobs";
import type { Spendable } from "@tintype/db/credit-functions";
import { userPreferences } from "@tintype/db/schema";
import { eq, sql } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { readAsUser } from "../read-as-user.ts";

/** @returns what the missing credits cost beyond the wallet; null when the user has not allowed that */
export async function quoteOverage(
  ctx: ServiceContext<UserActor>,
  { units, credits }: PriceBreakdown,
  price: PriceView,
  { available, scope, unpaid, isOverageDisputed, isPlanPastDue }: Spendable,
): Promise<OverageQuote | null> {
  if (scope !== "all_and_overage") return null;
  const { userId } = ctx.actor;
  const usedCents = sql`overage_used_cents(${userId}::uuid, ${ctx.now().toISOString()}::timestamptz)`;
  const [allowed] = await readAsUser(ctx, (tx) =>
    tx
      .select({
        limitCents: userPreferences.overageLimitCents,
        // What was not yet settled counts with all that was promised.
        usedCents: usedCents.mapWith(Number),
      })
      .from(userPreferences)
      .where(eq(userPreferences.userId, userId)),
  );
  if (!allowed || allowed.limitCents === null) return null;
  const missing = credits - available;
  const cents = overageCentsFor(missing, credits, { units, ...price });
  // A price without a price in dollars cannot be billed, so it is not offered.
  if (cents === 0) return null;
  const { limitCents } = allowed;
  const withinLimit = allowed.usedCents + cents <= limitCents;
  return {
    credits: missing,
    cents,
    limitCents,
    usedCents: allowed.usedCents,
    withinLimit,
    unpaidCents: unpaid,
    isDisputed: isOverageDisputed,
    isPlanPastDue,
  };
}
