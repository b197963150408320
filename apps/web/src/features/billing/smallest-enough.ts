import type { Pack } from "@tintype/core/catalogue";

/** The pack with the fewest credits that still covers what is missing; of equals the cheaper one. */
export const smallestEnough = (packs: readonly Pack[], missing: number): Pack | undefined =>
  packs
    .filter(({ credits }) => credits >= missing)
    .toSorted((a, b) => a.credits - b.credits || a.priceCents - b.priceCents)[0];
