import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { SoldPlan } from "../../lib/api-types.ts";
import { ProductCard } from "./product-card.tsx";
import { productName } from "./product-name.ts";

type Props = {
  plan: SoldPlan;
  currentPlanCode: string | null;
  isOpen: boolean;
  isBusy: boolean;
  onSubscribe: () => void;
  onSwitch: () => void;
};

export function PlanCard({ plan, currentPlanCode, isOpen, isBusy, ...on }: Props) {
  const { t } = useTranslation();
  const { code, priceCents, interval, allowanceCredits: count } = plan;
  const name = productName(t, plan.name);
  const isCurrent = code === currentPlanCode;
  const isYear = interval === "year";
  return (
    <ProductCard
      name={name}
      priceCents={priceCents}
      every={isYear ? t("pricing.perYear") : t("pricing.perMonth")}
      brings={t("pricing.each", { count })}
      credits={count}
      times={isYear ? 12 : 1}
      tag={isCurrent ? t("pricing.current") : undefined}
    >
      {isCurrent && (
        <Button
          fullWidth
          variant="default"
          renderRoot={(props) => <Link to="/billing" {...props} />}
        >
          {t("pricing.manage")}
        </Button>
      )}
      {isOpen && !isCurrent && currentPlanCode !== null && (
        <Button
          fullWidth
          variant="default"
          aria-label={t("pricing.switchName", { name })}
          onClick={on.onSwitch}
        >
          {t("pricing.switch")}
        </Button>
      )}
      {isOpen && currentPlanCode === null && (
        <Button
          fullWidth
          loading={isBusy}
          aria-label={t("pricing.subscribeName", { name })}
          onClick={on.onSubscribe}
        >
          {t("pricing.subscribe")}
        </Button>
      )}
    </ProductCard>
  );
}
