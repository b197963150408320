import { useQuery } from "@tanstack/react-query";
import type { BillingCatalogue, BillingPreferences } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { balanceQuery } from "../../lib/queries.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { productName } from "./product-name.ts";
import { buysAtOnce, type TopUpSettings } from "./top-up-fields.ts";

type Props = {
  settings: TopUpSettings | null;
  preferences: BillingPreferences;
  packs: BillingCatalogue["packs"];
};

/**
 * Whoever turns it on with less than their mark is charged in the same minute, and is told so before.
 * @returns null where nothing is bought by turning it on
 */
export function useAtOnce({ settings, preferences, packs }: Props): string | null {
  const { t } = useTranslation();
  const { data: balance } = useQuery(balanceQuery());
  const pack = packs.find(({ code }) => code === settings?.packCode);
  if (!settings || !balance || !pack) return null;
  if (!buysAtOnce({ settings, pack, preferences, balance })) return null;
  return t("billing.limits.atOnce", {
    count: balance.available,
    name: productName(t, pack.name),
    price: formatCents(t, pack.priceCents),
  });
}
