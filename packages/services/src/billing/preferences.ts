import { MAX_OVERAGE_LIMIT_CENTS } from "@tintype/core/billing";
import type {
  BillingPreferences,
  TopUpView,
  UpdateBillingPreferencesInput,
} from "@tintype/core/billing-preferences";
import { DomainError } from "@tintype/core/problems";
import { effectiveScope } from "@tintype/core/spend-scope";
import {
  isPaused,
  MAX_TOP_UP_CAP_CENTS,
  MAX_TOP_UP_THRESHOLD,
  monthOfTopUps,
  spentThisMonth,
  type TopUpReason,
} from "@tintype/core/top-up";
import type { Tx } from "@tintype/db/client";
import { packs, topUps, userPreferences } from "@tintype/db/schema";
import { and, desc, eq, gte, or, sql } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { readAsUser } from "../read-as-user.ts";
import { findCustomer } from "./customers.ts";
import { answeredSoon, type PaymentContext, paymentsOf } from "./payment-context.ts";
import { readUpcomingOverage } from "./upcoming-overage.ts";

/** What the user lets us spend, and what of it is spent. */
export const getBillingPreferences = (
  ctx: ServiceContext<UserActor>,
): Promise<BillingPreferences> => readAsUser(ctx, (tx) => read(tx, ctx.actor, ctx.now()));

/**
 * Changes what is named and leaves the rest. Money that is spent without the user being there needs a card that can pay
 * for it; turning the automatic purchase on once more ends the pause after a decline.
 * @throws DomainError payments_unavailable, payment_method_missing, product_unavailable, invalid_input (a cap below the
 * price of the pack, an overage without a limit)
 */
export async function updateBillingPreferences(
  ctx: PaymentContext<UserActor>,
  input: UpdateBillingPreferencesInput,
): Promise<BillingPreferences> {
  await ensurePossible(ctx, input);
  const { userId } = ctx.actor;
  const now = ctx.now();
  const preferences = await readAsUser(ctx, async (tx) => {
    const chosen = { ...columnsOf(input, now), updatedAt: now };
    await tx
      .insert(userPreferences)
      .values({ userId, ...chosen })
      .onConflictDoUpdate({ target: userPreferences.userId, set: chosen });
    const [row] = await tx
      .select({ limitCents: userPreferences.overageLimitCents, scope: userPreferences.spendScope })
      .from(userPreferences)
      .where(eq(userPreferences.userId, userId));
    // The switch says "and beyond": then there must be a limit, now or from before.
    if (input.spendScope === "all_and_overage" && row?.limitCents === null) {
      throw new DomainError({
        code: "invalid_input",
        issues: [{ field: "overageLimitCents", rule: "invalid_type" }],
      });
    }
    return read(tx, ctx.actor, now);
  });
  ctx.signals.userChanged(userId);
  return preferences;
}

const columnsOf = (
  { spendScope, overageLimitCents, topUp }: UpdateBillingPreferencesInput,
  now: Date,
) => ({
  ...(spendScope !== undefined && { spendScope }),
  ...(overageLimitCents !== undefined && { overageLimitCents }),
  ...(topUp && {
    topUpEnabledAt: topUp.enabled ? now : null,
    topUpThresholdCredits: topUp.thresholdCredits,
    topUpPackCode: topUp.packCode,
    topUpMonthlyCapCents: topUp.monthlyCapCents,
  }),
});

/** Asks the catalogue and the provider before anything is written. */
async function ensurePossible(
  ctx: PaymentContext<UserActor>,
  { overageLimitCents, topUp }: UpdateBillingPreferencesInput,
): Promise<void> {
  if (topUp?.enabled) await ensurePack(ctx, topUp);
  if (!topUp?.enabled && !overageLimitCents) return;
  const payments = paymentsOf(ctx);
  const customer = await findCustomer(ctx);
  if (customer && (await answeredSoon(payments.findCard(customer)))) return;
  throw new DomainError({ code: "payment_method_missing" });
}

async function ensurePack(
  { db }: Pick<ServiceContext, "db">,
  { packCode, monthlyCapCents }: NonNullable<UpdateBillingPreferencesInput["topUp"]>,
): Promise<void> {
  const [pack] = await db
    .select({ priceCents: packs.priceCents })
    .from(packs)
    .where(and(eq(packs.code, packCode), eq(packs.active, true)));
  if (!pack) throw new DomainError({ code: "product_unavailable", productCode: packCode });
  if (pack.priceCents <= monthlyCapCents) return;
  // It would never buy anything, and say so to nobody.
  const issue = { field: "topUp.monthlyCapCents", rule: "too_small", limit: pack.priceCents };
  throw new DomainError({ code: "invalid_input", issues: [issue] });
}

async function read(tx: Tx, actor: UserActor, now: Date): Promise<BillingPreferences> {
  const { userId } = actor;
  const at = sql`${now.toISOString()}::timestamptz`;
  const [[row], [state]] = await Promise.all([
    tx.select().from(userPreferences).where(eq(userPreferences.userId, userId)),
    tx
      .select({
        used: sql`used`.mapWith(Number),
        isBlocked: sql<boolean>`unpaid_overage_cents(${userId}::uuid) is not null`,
        isDisputed: sql<boolean>`is_overage_disputed(${userId}::uuid)`,
      })
      .from(sql`overage_used_cents(${userId}::uuid, ${at}) as used`),
  ]);
  const overageLimitCents = row?.overageLimitCents ?? null;
  return {
    spendScope: effectiveScope(row?.spendScope ?? "all_and_overage", overageLimitCents),
    overageLimitCents,
    overageUsedCents: state?.used ?? 0,
    upcomingOverage: await readUpcomingOverage(tx, actor, now),
    isOverageBlocked: state?.isBlocked ?? false,
    isOverageDisputed: state?.isDisputed ?? false,
    topUp: await readTopUp(tx, userId, row, now),
    limits: {
      overageLimitCents: MAX_OVERAGE_LIMIT_CENTS,
      topUpThresholdCredits: MAX_TOP_UP_THRESHOLD,
      topUpCapCents: MAX_TOP_UP_CAP_CENTS,
    },
  };
}

async function readTopUp(
  tx: Tx,
  userId: string,
  row: typeof userPreferences.$inferSelect | undefined,
  now: Date,
): Promise<TopUpView> {
  const enabledAt = row?.topUpEnabledAt ?? null;
  const attempts = await tx
    .select()
    .from(topUps)
    .where(
      and(
        eq(topUps.userId, userId),
        or(
          gte(topUps.askedAt, monthOfTopUps(now)),
          sql`${topUps.status} in ('asking', 'charged')`,
          enabledAt ? gte(topUps.askedAt, enabledAt) : undefined,
        ),
      ),
    )
    .orderBy(desc(topUps.askedAt));
  const declined = attempts.find(({ status }) => status === "declined");
  const paused = enabledAt !== null && isPaused(enabledAt, attempts);
  return {
    enabled: enabledAt !== null,
    thresholdCredits: row?.topUpThresholdCredits ?? null,
    packCode: row?.topUpPackCode ?? null,
    monthlyCapCents: row?.topUpMonthlyCapCents ?? null,
    spentCents: spentThisMonth(attempts, now),
    // Written by us from the provider's three words.
    pausedBecause: paused ? ((declined?.reason as TopUpReason | undefined) ?? null) : null,
    isBuying: attempts.some(({ status }) => status === "asking" || status === "charged"),
  };
}
