import { z } from "zod";
import { creditCategories } from "./credits.ts";
import { instant } from "./instant.ts";
import { inputText } from "./text.ts";

/** Stands in the user's history: the person who asks "where did my credits go?" reads it. */
const reason = inputText({ min: 3, max: 500, isProse: true });

const movedByAdmin = {
  userId: z.uuid(),
  /** Made by whoever sends it, so that sending it again moves nothing. */
  requestId: z.uuid(),
  amount: z.int().min(1).max(1_000_000),
  reason,
};
const given = {
  expiresAt: z.nullable(instant).default(null),
  /** Place in the burn order; lower goes first, everything else stands at 50. */
  priority: z.int().min(0).max(100).default(50),
};

export const adjustCreditsInput = z.discriminatedUnion("change", [
  z.object({
    change: z.literal("give"),
    ...movedByAdmin,
    ...given,
    category: z.enum(creditCategories).default("promo"),
  }),
  z.object({
    change: z.literal("take"),
    ...movedByAdmin,
    /** Only from this grant; null: in burn order. */
    grantId: z.uuid().nullable().default(null),
  }),
]);
export type AdjustCreditsInput = z.infer<typeof adjustCreditsInput>;

export const compensateUserInput = z.object({
  ...movedByAdmin,
  ...given,
  /** The user's job that went wrong. */
  jobId: z.uuid().optional(),
});
export type CompensateUserInput = z.infer<typeof compensateUserInput>;

export const adminUserInput = z.object({ userId: z.uuid() });
export type AdminUserInput = z.infer<typeof adminUserInput>;

/** `moved` is false when the same request had been carried out before. */
export type AdminMove = { moved: boolean; available: number; owed: number };
