import type { Price } from "@tintype/core/catalogue";
import { type ReactNode, useState } from "react";
import section from "../../components/section.module.css";
import type { BillingCatalogue } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import type { Buying } from "./buying.ts";
import { IntervalSwitch } from "./interval-switch.tsx";
import { PlanCard } from "./plan-card.tsx";
import styles from "./pricing.module.css";

type Props = {
  catalogue: BillingCatalogue;
  prices: readonly Price[];
  buying: Buying;
  manage: ReactNode;
  onSwitch: ((code: string) => void) | undefined;
};

export function Plans({ catalogue, prices, buying, manage, onSwitch }: Props) {
  const { t } = useTranslation();
  const { plans, currentPlanCode, nextPlanCode, isOpen } = catalogue;
  const own = plans.find(({ code }) => code === currentPlanCode)?.interval;
  const [interval, setInterval] = useState(own ?? plans[0]?.interval ?? "month");
  const hasBoth = new Set(plans.map((plan) => plan.interval)).size > 1;
  const shown = plans.filter((plan) => !hasBoth || plan.interval === interval);
  return (
    <section aria-labelledby="plans">
      <div className={styles.sectionHead}>
        <div>
          <h2 id="plans" className={section.heading}>
            {t("pricing.plans")}
          </h2>
          <p className={section.text}>{t("pricing.plansText")}</p>
        </div>
        {hasBoth && (
          <div className={styles.interval}>
            <IntervalSwitch interval={interval} onChange={setInterval} />
          </div>
        )}
      </div>
      <ul className={styles.cards}>
        {shown.map((plan) => (
          <PlanCard
            key={plan.code}
            {...{ plan, currentPlanCode, nextPlanCode, isOpen, prices, buying, manage }}
            onSwitch={() => onSwitch?.(plan.code)}
          />
        ))}
      </ul>
    </section>
  );
}
