import type { Bucket, CreditCategory, CreditSource } from "./credits.ts";

/**
 * What a user lets jobs use (seed 000): only what was given · also what the plan includes · all credits · and what
 * goes beyond them, as far as a limit has been set.
 */
export const spendScopes = ["free", "included", "all", "all_and_overage"] as const;
export type SpendScope = (typeof spendScopes)[number];

export type Origin = { source: CreditSource; category: CreditCategory };

/** Whether a job may use a grant. `is_in_scope` in packages/db/sql is the same rule; a property test compares them. */
export function isInScope(scope: SpendScope, { source, category }: Origin): boolean {
  switch (scope) {
    case "free":
      return category === "promo";
    case "included":
      return category === "promo" || source === "allowance" || source === "rollover";
    case "all":
    case "all_and_overage":
      return true;
  }
}

/** The grants that a job may use, for `allocate` and `usableCredits`. */
export const bucketsInScope = <B extends Bucket & Origin>(
  scope: SpendScope,
  buckets: readonly B[],
): B[] => buckets.filter((bucket) => isInScope(scope, bucket));

/** Without a limit there is no overage, whatever the switch says. */
export const effectiveScope = (scope: SpendScope, overageLimitCents: number | null): SpendScope =>
  scope === "all_and_overage" && overageLimitCents === null ? "all" : scope;
