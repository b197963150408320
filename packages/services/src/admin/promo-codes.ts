import type { Page } from "@tintype/core/assets";
import { DomainError } from "@tintype/core/problems";
import type {
  CreatePromoCodeInput,
  ListPromoCodesInput,
  PromoCodeInput,
  PromoCodeView,
} from "@tintype/core/rewards";
import { promoCodes } from "@tintype/db/schema";
import { asc, eq, gt, sql } from "drizzle-orm";
import type { AdminActor, ServiceContext } from "../context.ts";
import { toPage } from "../keyset.ts";

/** @throws DomainError promo_code_taken | invalid_input when it would have ended before it began */
export async function createPromoCode(
  ctx: ServiceContext<AdminActor>,
  { startsAt = ctx.now(), ...input }: CreatePromoCodeInput,
): Promise<PromoCodeView> {
  if (input.endsAt !== null && input.endsAt <= startsAt) {
    const issues = [{ field: "endsAt", rule: "too_small" }];
    throw new DomainError({ code: "invalid_input", issues });
  }
  const [row] = await ctx.db
    .insert(promoCodes)
    .values({ ...input, startsAt, createdBy: ctx.actor.userId, createdAt: ctx.now() })
    .onConflictDoNothing({ target: promoCodes.code })
    .returning();
  if (!row) throw new DomainError({ code: "promo_code_taken" });
  return row;
}

/** From now on it gives nothing; what it gave stays. Disabling it again keeps the first time. */
export async function disablePromoCode(
  ctx: ServiceContext<AdminActor>,
  { code }: PromoCodeInput,
): Promise<PromoCodeView> {
  const disabledAt = sql`coalesce(${promoCodes.disabledAt}, ${ctx.now().toISOString()}::timestamptz)`;
  const [row] = await ctx.db
    .update(promoCodes)
    .set({ disabledAt })
    .where(eq(promoCodes.code, code))
    .returning();
  if (!row) throw new DomainError({ code: "promo_code_not_found" });
  return row;
}

/** By name; the cursor is the last code seen. */
export async function listPromoCodes(
  ctx: ServiceContext<AdminActor>,
  { cursor, limit }: ListPromoCodesInput,
): Promise<Page<PromoCodeView>> {
  const rows = await ctx.db
    .select()
    .from(promoCodes)
    .where(cursor === undefined ? undefined : gt(promoCodes.code, cursor))
    .orderBy(asc(promoCodes.code))
    .limit(limit + 1);
  return toPage(rows, limit, (row) => row.code, rows);
}
