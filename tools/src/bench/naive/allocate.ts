import type { creditGrants } from "@tintype/db/schema";

export type Grant = typeof creditGrants.$inferSelect;
export type Slice = { grantId: string; amount: number };

const LAST = Number.MAX_SAFE_INTEGER;
/** The burn order of `hold_credits`. */
const rank = (grant: Grant) => [
  grant.priority,
  grant.expiresAt?.getTime() ?? LAST,
  grant.category === "paid" ? 1 : 0,
  grant.costBasisCents,
  grant.issuedSeq,
];

/** @throws Error when what may be used now is not enough */
export function allocate(grants: readonly Grant[], amount: number, now: Date): Slice[] {
  const usable = grants
    .filter((grant) => grant.effectiveAt <= now && (!grant.expiresAt || grant.expiresAt > now))
    .sort((a, b) => compare(rank(a), rank(b)));
  const slices: Slice[] = [];
  let missing = amount;
  for (const { id, available } of usable) {
    if (missing === 0) break;
    const taken = Math.min(missing, available);
    slices.push({ grantId: id, amount: taken });
    missing -= taken;
  }
  if (missing > 0) throw new Error("not enough credits");
  return slices;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((value, index) => value !== b[index]);
  return differing === -1 ? 0 : (a[differing] ?? 0) - (b[differing] ?? 0);
}
