import { Button } from "@mantine/core";
import section from "../../components/section.module.css";
import type { BillingCatalogue } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./pricing.module.css";
import { ProductCard } from "./product-card.tsx";
import { productName } from "./product-name.ts";

type Props = {
  catalogue: BillingCatalogue;
  busyCode: string | null;
  onBuy: (code: string) => void;
};

export function Packs({ catalogue: { packs, plans, isOpen }, busyCode, onBuy }: Props) {
  const { t } = useTranslation();
  return (
    <section aria-labelledby="packs">
      <div className={styles.sectionHead}>
        <div>
          <h2 id="packs" className={section.heading}>
            {t("pricing.packs")}
          </h2>
          <p className={section.text}>{t("pricing.packsText")}</p>
        </div>
      </div>
      <ul className={styles.cards}>
        {packs.map(({ code, name, priceCents, credits }) => (
          <ProductCard
            key={code}
            {...{ priceCents, credits }}
            name={productName(t, name)}
            brings={t("pricing.once", { count: credits })}
          >
            {isOpen && (
              <Button
                fullWidth
                variant={plans.length > 0 ? "default" : "filled"}
                loading={busyCode === code}
                aria-label={t("pricing.buyName", { name: productName(t, name) })}
                onClick={() => onBuy(code)}
              >
                {t("pricing.buy")}
              </Button>
            )}
          </ProductCard>
        ))}
      </ul>
    </section>
  );
}
