import { PriceBreakdown } from "../../components/price-breakdown.tsx";
import type { JobCost } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./receipt.module.css";

/** A job from the price on its button to what it cost in the end. */
export function JobSums({ job }: { job: JobCost }) {
  const { t } = useTranslation();
  const { status, breakdown, held, charged, released, deliveredUnits, failureCode } = job;
  const credits = (count: number) => t("units.credits", { count });
  return (
    <>
      <section>
        <h3 className={styles.heading}>{t("receipt.quote")}</h3>
        <PriceBreakdown breakdown={breakdown} />
      </section>
      <section>
        <h3 className={styles.heading}>{t("receipt.result")}</h3>
        <dl className={styles.sums}>
          <dt>{t("receipt.status")}</dt>
          <dd>{t(`statuses.${status}`)}</dd>
          {failureCode && (
            <>
              <dt>{t("receipt.why")}</dt>
              <dd>{t(`failures.${failureCode}.title`)}</dd>
            </>
          )}
          {deliveredUnits !== null && (
            <>
              <dt>{t("receipt.delivered")}</dt>
              <dd>
                {t("receipt.deliveredOf", {
                  delivered: t(`price.count.${breakdown.unit}`, { count: deliveredUnits }),
                  asked: breakdown.units,
                })}
              </dd>
            </>
          )}
          <dt>{t("receipt.held")}</dt>
          <dd>{credits(held)}</dd>
          <dt>{t("receipt.charged")}</dt>
          <dd>{credits(charged)}</dd>
          <dt>{t("receipt.released")}</dt>
          <dd data-good={released > 0}>{credits(released)}</dd>
        </dl>
      </section>
    </>
  );
}
