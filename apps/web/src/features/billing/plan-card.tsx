import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { SoldPlan } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { ProductCard } from "./product-card.tsx";
import { productName } from "./product-name.ts";

type Props = {
  plan: SoldPlan;
  currentPlanCode: string | null;
  nextPlanCode: string | null;
  isOpen: boolean;
  isBusy: boolean;
  onSubscribe: () => void;
  onSwitch: () => void;
};

export function PlanCard({ plan, currentPlanCode, nextPlanCode, isOpen, isBusy, ...on }: Props) {
  const { t } = useTranslation();
  const { code, priceCents, interval, allowanceCredits: count } = plan;
  const name = productName(t, plan.name);
  const isCurrent = code === currentPlanCode;
  // It needs no button that would plan it again: what is planned is taken back where the plan is managed.
  const isNext = code === nextPlanCode;
  const tag = () => {
    if (isCurrent) return t("pricing.current");
    return isNext ? t("pricing.next") : undefined;
  };
  const isYear = interval === "year";
  return (
    <ProductCard
      name={name}
      priceCents={priceCents}
      every={isYear ? t("pricing.perYear") : t("pricing.perMonth")}
      brings={t("pricing.each", { count })}
      credits={count}
      times={isYear ? 12 : 1}
      tag={tag()}
    >
      {(isCurrent || isNext) && (
        <Button
          fullWidth
          variant="default"
          renderRoot={(props) => <Link to="/billing" {...props} />}
        >
          {t("pricing.manage")}
        </Button>
      )}
      {isOpen && !isCurrent && !isNext && currentPlanCode !== null && (
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
