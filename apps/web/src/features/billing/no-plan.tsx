import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import section from "../../components/section.module.css";
import type { BillingCatalogue } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { productName } from "./product-name.ts";

/** Why there is none, if there was one, and where there are some. */
export function NoPlan({ catalogue }: { catalogue: BillingCatalogue }) {
  const { t } = useTranslation();
  const { endedPlan, plans } = catalogue;
  const ended = endedPlan && {
    name: productName(t, endedPlan.name),
    date: new Date(endedPlan.endedAt),
  };
  return (
    <>
      <p className={section.text}>
        {t("billing.plan.none")}{" "}
        {ended &&
          (endedPlan.wasUnpaid ? t("billing.plan.lost", ended) : t("billing.plan.ended", ended))}
      </p>
      {plans.length > 0 && (
        <Button
          className={section.start}
          variant="default"
          renderRoot={(props) => (
            <Link to="/pricing" search={{ returnTo: "/billing" }} {...props} />
          )}
        >
          {t("billing.plan.see")}
        </Button>
      )}
    </>
  );
}
