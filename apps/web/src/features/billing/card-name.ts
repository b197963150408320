import type { SavedCard } from "../../lib/api-types.ts";
import type { Translate } from "../../lib/translate.ts";

/** The names that stand on the cards; what is not known here is written as the provider writes it. */
const brands: Record<string, string> = {
  ...{ visa: "Visa", mastercard: "Mastercard", amex: "American Express", discover: "Discover" },
  ...{ diners: "Diners Club", jcb: "JCB", unionpay: "UnionPay", eftpos_au: "eftpos" },
};

export function cardName(t: Translate, { brand, last4, expires }: SavedCard): string {
  const name = expires ? (brands[brand] ?? brand) : t("billing.method.debit");
  return last4 === null ? name : t("billing.method.ending", { brand: name, last4 });
}

/** A card can be used to the end of the month that stands on it. */
export const hasExpired = ({ expires }: SavedCard, now: Date): boolean =>
  expires !== null && now >= new Date(expires.year, expires.month, 1);

/** As it stands on the card: 04/31. */
export const validUntil = ({ month, year }: NonNullable<SavedCard["expires"]>): string =>
  `${String(month).padStart(2, "0")}/${String(year % 100).padStart(2, "0")}`;
