import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { PlanPreview, SoldPlan, Subscription } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { newId } from "../../lib/new-id.ts";
import { problemOf } from "../../lib/problem.ts";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { billingCatalogueQuery, refreshMoney } from "./billing-queries.ts";
import styles from "./change-preview.module.css";
import type { PlanNews } from "./plan-news.ts";
import { productName } from "./product-name.ts";
import { useLeaving } from "./use-leaving.ts";

type Props = { plan: SoldPlan; subscription: Subscription; onDone: (news: PlanNews) => void };

/** What a change costs and when it begins. What is confirmed is exactly what was shown. */
export function ChangePreview({ plan, subscription, onDone }: Props) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const requestId = useRef(newId());
  const { leave, isLeaving } = useLeaving();
  const preview = useQuery(
    trpc.billing.previewChange.queryOptions({ planCode: plan.code }, { staleTime: 0, gcTime: 0 }),
  );
  const change = useMutation(
    trpc.billing.changePlan.mutationOptions({
      onSuccess: async ({ payUrl }) => {
        if (payUrl) return leave(payUrl);
        await refreshMoney(queryClient);
        if (preview.data) onDone(newsOf(plan, preview.data));
      },
      onError: (error) => {
        requestId.current = newId();
        if (problemOf(error)?.code === "preview_expired") void preview.refetch();
      },
    }),
  );
  const { data: shown } = preview;
  if (!shown) {
    return (
      <div className={styles.preview} aria-busy={!preview.error}>
        {preview.error ? <ProblemNote error={preview.error} /> : <Skeleton h={190} />}
      </div>
    );
  }
  const { previewedAt } = shown;
  const confirm = () =>
    change.mutate({ planCode: plan.code, previewedAt, requestId: requestId.current });
  const isNow = shown.begins === "now";
  const date = new Date(shown.effectiveAt);
  const amount = formatCents(t, shown.dueNowCents);
  const label = () => {
    if (!isNow) return t("billing.change.plan", { date });
    return shown.dueNowCents > 0
      ? t("billing.change.pay", { amount })
      : t("billing.change.confirmNow");
  };
  return (
    <div className={styles.preview}>
      <Facts plan={plan} preview={shown} />
      <p>
        {isNow
          ? t("billing.change.nowText")
          : t("billing.change.laterText", { name: productName(t, subscription.plan.name) })}{" "}
        {t("billing.change.packs")} <TakenBack subscription={subscription} />
      </p>
      <ProblemNote error={change.error} />
      <Button
        fullWidth
        loading={change.isPending || isLeaving}
        disabled={preview.isFetching}
        onClick={confirm}
      >
        {label()}
      </Button>
    </div>
  );
}

/** What was planned and will not be, once this is confirmed. */
function TakenBack({ subscription }: { subscription: Subscription }) {
  const { t } = useTranslation();
  const { data: catalogue } = useQuery(billingCatalogueQuery());
  const { cancelAtPeriodEnd, nextPlanCode, periodEnd } = subscription;
  if (cancelAtPeriodEnd) return t("billing.change.keepsGoing", { date: new Date(periodEnd) });
  const planned = catalogue?.plans.find(({ code }) => code === nextPlanCode);
  return planned ? t("billing.change.insteadOf", { name: productName(t, planned.name) }) : null;
}

function Facts({ plan, preview }: { plan: SoldPlan; preview: PlanPreview }) {
  const { t, locale } = useTranslation();
  const { begins, effectiveAt, dueNowCents, creditsNow, priceCents } = preview;
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "long" });
  const rows = [
    [t("billing.change.dueNow"), formatCents(t, dueNowCents)],
    ...(begins === "now" && creditsNow > 0
      ? [[t("billing.change.creditsNow"), t("billing.change.plus", { count: creditsNow })]]
      : []),
    [
      t("billing.change.begins"),
      begins === "now" ? t("billing.change.now") : day.format(new Date(effectiveAt)),
    ],
    [
      t("billing.change.after"),
      t(`billing.change.${plan.interval}`, { price: formatCents(t, priceCents) }),
    ],
    [t("billing.change.allowance"), t("billing.change.each", { count: plan.allowanceCredits })],
  ];
  return (
    <dl className={styles.facts}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const newsOf = ({ name }: SoldPlan, { begins, effectiveAt }: PlanPreview): PlanNews =>
  begins === "now"
    ? { kind: "changed", name }
    : { kind: "planned", name, date: new Date(effectiveAt) };
