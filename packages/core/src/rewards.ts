import { z } from "zod";
import { instant } from "./instant.ts";
import { inputText } from "./text.ts";

export const rewardLimits = {
  /** Wrong promo codes one user may try in `promoWindowSeconds`. */
  wrongPromoCodes: 10,
  promoWindowSeconds: 3_600,
} as const;

/** As an admin names it: letters, digits and hyphens, in capitals whatever was typed. */
export const promoCode = inputText({ max: 40, letters: "upper" }).regex(
  /^[A-Z0-9][A-Z0-9-]{2,39}$/,
);

/** What a user types is looked up, not judged: a code that cannot exist is a code that was not found. */
export const redeemPromoCodeInput = z.object({
  code: inputText({ min: 1, max: 64, letters: "upper" }),
});
export type RedeemPromoCodeInput = z.infer<typeof redeemPromoCodeInput>;

export const createPromoCodeInput = z
  .object({
    code: promoCode,
    credits: z.int().min(1).max(1_000_000),
    /** Days of 24 hours; null: the credits do not expire. */
    creditsExpireDays: z.int().min(1).max(3_650).nullable().default(null),
    /** How many users may redeem it. */
    budget: z.int().min(1).max(1_000_000),
    startsAt: z.optional(instant),
    endsAt: z.nullable(instant).default(null),
    note: inputText({ min: 3, max: 500, isProse: true }),
  })
  .refine(({ startsAt, endsAt }) => !startsAt || !endsAt || endsAt > startsAt, {
    path: ["endsAt"],
  });
export type CreatePromoCodeInput = z.infer<typeof createPromoCodeInput>;

export const promoCodeInput = z.object({ code: promoCode });
export type PromoCodeInput = z.infer<typeof promoCodeInput>;
export const listPromoCodesInput = z.object({
  cursor: inputText({ max: 40, keepsSpaces: true }).optional(),
  limit: z.int().min(1).max(100).default(25),
});
export type ListPromoCodesInput = z.infer<typeof listPromoCodesInput>;

export type PromoCodeView = {
  code: string;
  credits: number;
  creditsExpireDays: number | null;
  budget: number;
  redeemed: number;
  startsAt: Date;
  endsAt: Date | null;
  note: string;
  createdBy: string;
  createdAt: Date;
  disabledAt: Date | null;
};
/** What a redeemed code gave. */
export type RedeemedPromoCode = { credits: number; expiresAt: Date | null };
