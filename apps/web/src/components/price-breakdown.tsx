import type { PriceBreakdown as Breakdown } from "@tintype/core/catalogue";
import { formatNumber } from "../lib/format.ts";
import { useTranslation } from "../lib/use-translation.ts";
import styles from "./price-breakdown.module.css";

/** How a price comes about: units × rate × multiplier, rounded up once. */
export function PriceBreakdown({ breakdown }: { breakdown: Breakdown }) {
  const { t, locale } = useTranslation();
  const { unit, units, milliCreditsPerUnit, multiplierPercent, credits } = breakdown;
  const number = (value: number) => formatNumber(value, locale);
  const rows = [
    [t("price.units"), t(`price.count.${unit}`, { count: units })],
    [t(`price.rate.${unit}`), number(milliCreditsPerUnit / 1_000)],
    [t("price.multiplier"), t("price.times", { factor: number(multiplierPercent / 100) })],
  ] as const;
  return (
    <dl className={styles.rows}>
      {rows.map(([name, value]) => (
        <div key={name} className={styles.row}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      <div className={`${styles.row} ${styles.total}`}>
        <dt>{t("price.total")}</dt>
        <dd>{t("units.credits", { count: credits })}</dd>
      </div>
    </dl>
  );
}
