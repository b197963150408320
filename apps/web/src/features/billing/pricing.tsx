import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { BillingCatalogue } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { catalogueQuery } from "../../lib/queries.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { billingCatalogueQuery } from "./billing-queries.ts";
import type { Buying } from "./buying.ts";
import { ChangePlanDialog } from "./change-plan-dialog.tsx";
import { CheckoutProblem } from "./checkout-problem.tsx";
import { PlanAnswer } from "./plan-answer.tsx";
import type { PlanNews } from "./plan-news.ts";
import { PriceList } from "./price-list.tsx";
import { PricingSkeleton } from "./pricing-skeleton.tsx";
import { productName } from "./product-name.ts";
import { useCheckout } from "./use-checkout.ts";

type Props = {
  /** What they had chosen before they had an account. */
  chosen: string | undefined;
  /** Where they were when they found that they need credits. */
  returnTo: string;
};

/** Everything that is sold here, for members. */
export function Pricing({ chosen, returnTo }: Props) {
  const { t } = useTranslation();
  const { data: catalogue, error, refetch } = useQuery(billingCatalogueQuery());
  const checkout = useCheckout(returnTo);
  // What credits are good for stands on each card, which would grow if that came later.
  const { data: offer, isPending: isWorthPending } = useQuery(catalogueQuery());
  const [switchTo, setSwitchTo] = useState<string | null>(null);
  const [news, setNews] = useState<PlanNews | null>(null);
  if (!catalogue && error) {
    return <ProblemNote error={error} onRetry={refetch} />;
  }
  if (!catalogue || isWorthPending) return <PricingSkeleton />;
  const { buy, busyCode } = checkout;
  const buying: Buying = { by: "press", buy, busyCode };
  const product = catalogue.isOpen ? chosenOf(catalogue, chosen) : undefined;
  return (
    <>
      <PriceList
        {...{ catalogue, buying }}
        prices={offer?.prices ?? []}
        onSwitch={setSwitchTo}
        manage={
          <Button
            fullWidth
            variant="default"
            renderRoot={(props) => <Link to="/billing" {...props} />}
          >
            {t("pricing.manage")}
          </Button>
        }
      >
        {product && (
          <Note
            tone="good"
            title={t("pricing.chosen.title")}
            text={t("pricing.chosen.text", {
              name: productName(t, product.name),
              price: formatCents(t, product.priceCents),
            })}
          >
            <Button
              size="sm"
              loading={busyCode === product.code}
              onClick={() => buy(product.kind, product.code)}
            >
              {t("pricing.chosen.go")}
            </Button>
          </Note>
        )}
        <CheckoutProblem error={checkout.error} />
        <PlanAnswer news={news} />
      </PriceList>
      <ChangePlanDialog
        opened={switchTo !== null}
        planCode={switchTo}
        onClose={() => setSwitchTo(null)}
        onChanged={setNews}
      />
    </>
  );
}

/** A pack, or a plan for those who have none. */
function chosenOf({ packs, plans, currentPlanCode }: BillingCatalogue, chosen: string | undefined) {
  const pack = packs.find(({ code }) => code === chosen);
  if (pack) return { kind: "pack" as const, ...pack };
  const plan = currentPlanCode === null ? plans.find(({ code }) => code === chosen) : undefined;
  return plan && { kind: "plan" as const, ...plan };
}
