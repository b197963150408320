import type { CatalogueName, Pack, Plan, PriceView, Rewards } from "@tintype/core/catalogue";
import { cataloguePresets } from "@tintype/core/catalogue-presets";
import type { Db, Tx } from "@tintype/db/client";
import { catalogueState, packs, plans, prices } from "@tintype/db/schema";
import { and, asc, eq, gt, isNull, lte, or } from "drizzle-orm";

/**
 * Fills the catalogue on the first start; afterwards the database is the authority and this does nothing.
 * @returns the name of the preset this installation started from
 */
export async function ensureCatalogue(
  db: Db,
  name: CatalogueName,
  now: Date,
): Promise<CatalogueName> {
  const preset = cataloguePresets[name];
  return db.transaction(async (tx) => {
    const created = await tx
      .insert(catalogueState)
      .values({ name, ...preset.rewards, createdAt: now })
      .onConflictDoNothing({ target: catalogueState.id })
      .returning();
    if (created.length === 0) return currentName(tx);

    await tx.insert(prices).values(preset.prices.map((price) => ({ ...price, validFrom: now })));
    if (preset.plans.length > 0) await tx.insert(plans).values(preset.plans.map(withPosition));
    if (preset.packs.length > 0) await tx.insert(packs).values(preset.packs.map(withPosition));
    return name;
  });
}

const withPosition = <T>(row: T, position: number) => ({ ...row, position });

async function currentName(tx: Tx): Promise<CatalogueName> {
  const [state] = await tx.select({ name: catalogueState.name }).from(catalogueState);
  if (!state) throw new Error("catalogue_state is empty although its row could not be inserted");
  return state.name;
}

/** The rows of the price list that are valid now. */
export async function listValidPrices(db: Db | Tx, now: Date): Promise<PriceView[]> {
  const rows = await db
    .select()
    .from(prices)
    .where(
      and(lte(prices.validFrom, now), or(isNull(prices.validUntil), gt(prices.validUntil, now))),
    )
    .orderBy(
      asc(prices.kind),
      asc(prices.modelTier),
      asc(prices.qualityTier),
      asc(prices.validFrom),
    );
  // Two rows of one tier may overlap while an admin changes a price: the younger one counts.
  const newest = new Map(
    rows.map((row) => [`${row.kind}/${row.modelTier}/${row.qualityTier}`, row]),
  );
  return [...newest.values()].map(({ validFrom: _, ...price }) => price);
}

export async function getRewards(db: Db | Tx): Promise<Rewards> {
  const [state] = await db.select().from(catalogueState).prepare("catalogue_rewards").execute();
  if (!state) throw new Error("the catalogue is empty: call ensureCatalogue at start");
  const { welcomeCredits, welcomeExpiresDays, referralCredits, streakCredits } = state;
  return { welcomeCredits, welcomeExpiresDays, referralCredits, streakCredits };
}

export async function listPlansAndPacks(db: Db): Promise<{ plans: Plan[]; packs: Pack[] }> {
  const planRows = await db
    .select()
    .from(plans)
    .where(eq(plans.active, true))
    .orderBy(asc(plans.position));
  const packRows = await db
    .select()
    .from(packs)
    .where(eq(packs.active, true))
    .orderBy(asc(packs.position));
  return {
    plans: planRows.map(({ position: _, active: __, currency: ___, ...plan }) => ({
      ...plan,
      currency: "usd",
    })),
    packs: packRows.map(({ position: _, active: __, currency: ___, ...pack }) => ({
      ...pack,
      currency: "usd",
    })),
  };
}
