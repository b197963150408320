import type { Edit, PlantedBug } from "@tintype/db/testing/model/planted-bugs";

const core = (file: string, find: string, replace: string): Edit => ({
  file: `packages/core/src/${file}`,
  find,
  replace,
});

/** The same mistakes in the pure rules, which the SPA, the quotes and the model use. */
export const bugsOfCore: PlantedBug[] = [
  {
    name: "core: the price is computed in floating point",
    edits: [
      core(
        "catalogue.ts",
        "return Number((exact + BigInt(scale - 1)) / BigInt(scale));",
        "return Math.ceil(Number(exact) / scale + 1e-9);",
      ),
    ],
  },
  {
    name: "core: credits without an end go first",
    edits: [
      core(
        "credits.ts",
        "(a.expiresAt ?? Number.POSITIVE_INFINITY) - (b.expiresAt ?? Number.POSITIVE_INFINITY)",
        "(a.expiresAt ?? 0) - (b.expiresAt ?? 0)",
      ),
    ],
  },
  {
    name: "core: what is released comes from the beginning of the allocation",
    edits: [
      core(
        "credits.ts",
        "for (const { grantId, amount } of allocations) {\n    const spent",
        "for (const { grantId, amount } of allocations.toReversed()) {\n    const spent",
      ),
    ],
  },
  {
    name: "core: what has expired can be spent",
    edits: [
      core(
        "credits.ts",
        "(bucket.expiresAt === null || bucket.expiresAt > now)",
        "bucket.id !== ''",
      ),
    ],
  },
  {
    name: "core: the target of a refund is rounded up",
    edits: [
      core(
        "credits.ts",
        ": Number((BigInt(granted) * BigInt(Math.min(reversedCents, paidCents))) / BigInt(paidCents));",
        ": Math.ceil((granted * Math.min(reversedCents, paidCents)) / paidCents);",
      ),
    ],
  },
  {
    name: "core: months that are still to come give nothing of a refund",
    edits: [
      core(
        "pooled-reversal.ts",
        "reversedCents, paidCents) - toCome)",
        "reversedCents, paidCents))",
      ),
    ],
  },
  {
    name: "core: a debt arises before what has expired is counted",
    edits: [
      core(
        "pooled-reversal.ts",
        "  ({ expired }) => expired,\n  ({ spent, owed }) => spent + owed,",
        "  ({ spent, owed }) => spent + owed,\n  ({ expired }) => expired,",
      ),
    ],
  },
  {
    name: "core: credits roll over without a cap",
    edits: [core("credits.ts", "Math.max(0, Math.min(remaining, room))", "remaining")],
  },
];
