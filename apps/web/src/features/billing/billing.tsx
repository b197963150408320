import { Skeleton } from "@mantine/core";
import { usePrefetchInfiniteQuery, usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import type { BillingCatalogue } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import {
  billingCatalogueQuery,
  cardQuery,
  invoicesQuery,
  openDisputesQuery,
  paymentsQuery,
  preferencesQuery,
  subscriptionQuery,
} from "./billing-queries.ts";
import { CreditTrouble } from "./credit-trouble.tsx";
import { FailedPayment } from "./failed-payment.tsx";
import { Invoices } from "./invoices.tsx";
import { Limits } from "./limits.tsx";
import { NextBill } from "./next-bill.tsx";
import { PaymentMethod } from "./payment-method.tsx";
import { PaymentsList } from "./payments-list.tsx";
import { PlanSection } from "./plan-section.tsx";
import { useProviderNews } from "./use-provider-news.ts";

/** Settings of everything that costs money. */
export function Billing() {
  const { t } = useTranslation();
  const { data: catalogue, error, refetch } = useQuery(billingCatalogueQuery());
  // The sections ask for these; asked for now, they come with the rest.
  usePrefetchQuery(subscriptionQuery());
  usePrefetchQuery(cardQuery());
  usePrefetchQuery(preferencesQuery());
  usePrefetchInfiniteQuery(invoicesQuery());
  usePrefetchInfiniteQuery(paymentsQuery());
  usePrefetchQuery(openDisputesQuery());
  useProviderNews();
  if (!catalogue) {
    return error ? <ProblemNote error={error} onRetry={refetch} /> : <Waiting />;
  }
  if (!catalogue.isOpen) {
    return <Note tone="calm" title={t("billing.closed.title")} text={t("billing.closed.text")} />;
  }
  return (
    <div className={section.sections}>
      <CreditTrouble />
      <OwnPlan catalogue={catalogue} />
      <Limits catalogue={catalogue} />
      <Invoices />
      <PaymentsList />
    </div>
  );
}

/** What the payment provider has to be asked for: without its answer the rest of the page is there all the same. */
function OwnPlan({ catalogue }: { catalogue: BillingCatalogue }) {
  const { data: subscription, error, refetch } = useQuery(subscriptionQuery());
  if (subscription === undefined) {
    return error ? <ProblemNote error={error} onRetry={refetch} /> : <Waiting />;
  }
  return (
    <>
      {subscription && <FailedPayment subscription={subscription} />}
      {(subscription || catalogue.plans.length > 0) && (
        <PlanSection {...{ subscription, catalogue }} />
      )}
      <div className={section.rows}>
        <NextBill {...{ subscription, catalogue }} />
        <PaymentMethod />
      </div>
    </>
  );
}

/** Its first cards, about as high as they will be. */
const Waiting = () => (
  <div className={section.sections} aria-busy="true">
    <Skeleton h={184} radius={16} />
    <Skeleton h={190} radius={16} />
  </div>
);
