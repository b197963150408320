import { Button } from "@mantine/core";
import type { Price } from "@tintype/core/catalogue";
import type { ReactNode } from "react";
import type { SoldPlan } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { BuyButton } from "./buy-button.tsx";
import type { Buying } from "./buying.ts";
import { ProductCard } from "./product-card.tsx";
import { productName } from "./product-name.ts";

type Props = {
  plan: SoldPlan;
  currentPlanCode: string | null;
  nextPlanCode: string | null;
  isOpen: boolean;
  prices: readonly Price[];
  buying: Buying;
  manage: ReactNode;
  onSwitch: () => void;
};

export function PlanCard(props: Props) {
  const { plan, currentPlanCode, nextPlanCode, isOpen, prices, buying, manage, onSwitch } = props;
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
      prices={prices}
      times={isYear ? 12 : 1}
      tag={tag()}
    >
      {(isCurrent || isNext) && manage}
      {isOpen && !isCurrent && !isNext && currentPlanCode !== null && (
        <Button
          fullWidth
          variant="default"
          aria-label={t("pricing.switchName", { name })}
          onClick={onSwitch}
        >
          {t("pricing.switch")}
        </Button>
      )}
      {isOpen && currentPlanCode === null && (
        <BuyButton
          {...{ buying, code }}
          kind="plan"
          variant="filled"
          label={t("pricing.subscribe")}
          fullLabel={t("pricing.subscribeName", { name })}
        />
      )}
    </ProductCard>
  );
}
