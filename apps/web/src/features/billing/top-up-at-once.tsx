import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { BillingCatalogue, BillingPreferences } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { balanceQuery } from "../../lib/queries.ts";
import styles from "./limits.module.css";
import { productName } from "./product-name.ts";
import { buysAtOnce, type TopUpSettings } from "./top-up-fields.ts";

type Props = {
  settings: TopUpSettings | null;
  preferences: BillingPreferences;
  packs: BillingCatalogue["packs"];
};

/** Whoever turns it on with less than their mark is charged in the same minute, and is told so before. */
export function TopUpAtOnce({ settings, preferences, packs }: Props) {
  const { t } = useTranslation();
  const { data: balance } = useQuery(balanceQuery());
  const pack = packs.find(({ code }) => code === settings?.packCode);
  if (!settings || !balance || !pack) return null;
  if (!buysAtOnce({ settings, pack, preferences, balance })) return null;
  return (
    <p className={styles.atOnce}>
      {t("billing.limits.atOnce", {
        count: balance.available,
        name: productName(t, pack.name),
        price: formatCents(t, pack.priceCents),
      })}
    </p>
  );
}
