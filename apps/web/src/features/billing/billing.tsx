import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import { billingCatalogueQuery, subscriptionQuery } from "./billing-queries.ts";
import { FailedPayment } from "./failed-payment.tsx";
import { Invoices } from "./invoices.tsx";
import { Limits } from "./limits.tsx";
import { NextBill } from "./next-bill.tsx";
import { PaymentMethod } from "./payment-method.tsx";
import { PaymentsList } from "./payments-list.tsx";
import { PlanSection } from "./plan-section.tsx";

/** Settings of everything that costs money. */
export function Billing() {
  const { t } = useTranslation();
  const { data: catalogue, ...catalogueState } = useQuery(billingCatalogueQuery());
  const { data: subscription, ...state } = useQuery(subscriptionQuery());
  const error = catalogueState.error ?? state.error;
  if (!catalogue || subscription === undefined) {
    if (!error) return <Skeleton h={320} radius={16} />;
    const again = () => void Promise.all([catalogueState.refetch(), state.refetch()]);
    return (
      <ProblemNote error={error}>
        <Button size="xs" variant="default" onClick={again}>
          {t("actions.tryAgain")}
        </Button>
      </ProblemNote>
    );
  }
  if (!catalogue.isOpen) {
    return <Note tone="calm" title={t("billing.closed.title")} text={t("billing.closed.text")} />;
  }
  return (
    <div className={section.sections}>
      {subscription && <FailedPayment subscription={subscription} />}
      {(subscription || catalogue.plans.length > 0) && (
        <PlanSection {...{ subscription, catalogue }} />
      )}
      <div className={section.rows}>
        <NextBill subscription={subscription} />
        <PaymentMethod />
      </div>
      <Limits catalogue={catalogue} />
      <Invoices />
      <PaymentsList />
    </div>
  );
}
