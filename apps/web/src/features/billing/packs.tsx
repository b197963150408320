import type { Price } from "@tintype/core/catalogue";
import section from "../../components/section.module.css";
import type { BillingCatalogue } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { BuyButton } from "./buy-button.tsx";
import type { Buying } from "./buying.ts";
import styles from "./pricing.module.css";
import { ProductCard } from "./product-card.tsx";
import { productName } from "./product-name.ts";

type Props = { catalogue: BillingCatalogue; prices: readonly Price[]; buying: Buying };

export function Packs({ catalogue: { packs, plans, isOpen }, prices, buying }: Props) {
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
            {...{ priceCents, credits, prices }}
            name={productName(t, name)}
            brings={t("pricing.once", { count: credits })}
          >
            {isOpen && (
              <BuyButton
                {...{ buying, code }}
                kind="pack"
                variant={plans.length > 0 ? "default" : "filled"}
                label={t("pricing.buy")}
                fullLabel={t("pricing.buyName", { name: productName(t, name) })}
              />
            )}
          </ProductCard>
        ))}
      </ul>
    </section>
  );
}
