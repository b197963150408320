import { Button } from "@mantine/core";
import IconTag from "@tabler/icons-react/dist/esm/icons/IconTag.mjs";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { EmptyState } from "../../components/empty-state.tsx";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { formatCents } from "../../lib/format.ts";
import { catalogueQuery } from "../../lib/queries.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { billingCatalogueQuery } from "./billing-queries.ts";
import { ChangePlanDialog } from "./change-plan-dialog.tsx";
import { CheckoutProblem } from "./checkout-problem.tsx";
import { Packs } from "./packs.tsx";
import { PlanAnswer } from "./plan-answer.tsx";
import type { PlanNews } from "./plan-news.ts";
import { Plans } from "./plans.tsx";
import styles from "./pricing.module.css";
import { PricingSkeleton } from "./pricing-skeleton.tsx";
import { productName } from "./product-name.ts";
import { SmallPrint } from "./small-print.tsx";
import { type ProductKind, useCheckout } from "./use-checkout.ts";

type Props = {
  /** Nobody is signed in: who wants to buy makes an account first. */
  isVisitor: boolean;
  /** What they had chosen before that. */
  chosen: string | undefined;
  /** Where they were when they found that they need credits. */
  returnTo: string;
  onSignUp: (code: string) => void;
};

/** Everything that is sold here. */
export function Pricing({ isVisitor, chosen, returnTo, onSignUp }: Props) {
  const { t } = useTranslation();
  const { data: catalogue, error, refetch } = useQuery(billingCatalogueQuery());
  const checkout = useCheckout(returnTo);
  // What credits are good for stands on each card, which would grow if that came later.
  const { isPending: isWorthPending } = useQuery(catalogueQuery());
  const [switchTo, setSwitchTo] = useState<string | null>(null);
  const [news, setNews] = useState<PlanNews | null>(null);
  const buy = (kind: ProductKind) => (code: string) =>
    isVisitor ? onSignUp(code) : checkout.buy(kind, code);
  if (!catalogue && error) {
    return <ProblemNote error={error} onRetry={refetch} />;
  }
  if (!catalogue || isWorthPending) return <PricingSkeleton />;
  const { plans, packs, isOpen, currentPlanCode } = catalogue;
  if (plans.length + packs.length === 0) {
    const [title, text] = [t("pricing.empty.title"), t("pricing.empty.text")];
    return <EmptyState icon={<IconTag size={26} />} title={title} text={text} />;
  }
  const pack = packs.find(({ code }) => code === chosen);
  const plan = currentPlanCode === null ? plans.find(({ code }) => code === chosen) : undefined;
  const product = pack ?? plan;
  const kind = pack ? "pack" : "plan";
  return (
    <div className={styles.sections}>
      {!isOpen && (
        <Note tone="calm" title={t("pricing.closed.title")} text={t("pricing.closed.text")} />
      )}
      {isOpen && !isVisitor && product && (
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
            loading={checkout.busyCode === product.code}
            onClick={() => checkout.buy(kind, product.code)}
          >
            {t("pricing.chosen.go")}
          </Button>
        </Note>
      )}
      <CheckoutProblem error={checkout.error} />
      <PlanAnswer news={news} />
      {plans.length > 0 && (
        <Plans
          {...{ catalogue, busyCode: checkout.busyCode, onSwitch: setSwitchTo }}
          onSubscribe={buy("plan")}
        />
      )}
      {packs.length > 0 && (
        <Packs {...{ catalogue, busyCode: checkout.busyCode }} onBuy={buy("pack")} />
      )}
      <SmallPrint hasPlans={plans.length > 0} hasPacks={packs.length > 0} />
      {!isVisitor && (
        <ChangePlanDialog
          opened={switchTo !== null}
          planCode={switchTo}
          onClose={() => setSwitchTo(null)}
          onChanged={setNews}
        />
      )}
    </div>
  );
}
