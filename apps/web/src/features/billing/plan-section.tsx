import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import type { BillingCatalogue, Subscription } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { trpc } from "../../lib/trpc.ts";
import styles from "./billing.module.css";
import { CancelPlanDialog } from "./cancel-plan-dialog.tsx";
import { ChangePlanDialog } from "./change-plan-dialog.tsx";
import { PlanAnswer } from "./plan-answer.tsx";
import type { PlanNews } from "./plan-news.ts";

type Props = { subscription: Subscription | null; catalogue: BillingCatalogue };

const toneOf: Partial<Record<Subscription["status"], string>> = { active: "good", past_due: "bad" };

/** The plan somebody has, what will become of it, and every way to change that. */
export function PlanSection({ subscription, catalogue }: Props) {
  const { t } = useTranslation();
  const [news, setNews] = useState<PlanNews | null>(null);
  return (
    <section className={section.card} aria-labelledby="plan">
      <h2 id="plan" className={styles.title}>
        {t("billing.plan.title")}
      </h2>
      <PlanAnswer news={news} />
      {subscription ? (
        <Current {...{ subscription, catalogue }} onNews={setNews} />
      ) : (
        <>
          <p className={section.text}>{t("billing.plan.none")}</p>
          {catalogue.plans.length > 0 && (
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
      )}
    </section>
  );
}

type CurrentProps = {
  subscription: Subscription;
  catalogue: BillingCatalogue;
  onNews: (news: PlanNews) => void;
};

function Current({ subscription, catalogue, onNews }: CurrentProps) {
  const { t } = useTranslation();
  const { plan, status, cancelAtPeriodEnd, nextPlanCode } = subscription;
  const nextPlan = catalogue.plans.find(({ code }) => code === nextPlanCode);
  const date = new Date(subscription.periodEnd);
  const price = formatCents(t, plan.priceCents);
  const isEnding = status === "active" && cancelAtPeriodEnd;
  return (
    <>
      <div className={styles.planHead}>
        <p className={styles.planName}>
          {t(`billing.plan.${plan.interval}`, { name: plan.name, price })}
        </p>
        <span className={section.tag} data-tone={isEnding ? undefined : toneOf[status]}>
          {t(`billing.status.${isEnding ? "ending" : status}`)}
        </span>
      </div>
      <p className={section.text}>
        {t("pricing.each", { count: plan.allowanceCredits })}.{" "}
        {cancelAtPeriodEnd && t("billing.plan.ends", { date })}
        {!cancelAtPeriodEnd && nextPlan && t("billing.plan.becomes", { name: nextPlan.name, date })}
        {!cancelAtPeriodEnd &&
          !nextPlan &&
          status === "active" &&
          t("billing.plan.renews", { date })}
      </p>
      {status === "paused" && (
        <Note tone="calm" title={t("billing.paused.title")} text={t("billing.paused.text")} />
      )}
      <Actions {...{ subscription, catalogue, onNews }} />
    </>
  );
}

function Actions({ subscription, catalogue, onNews }: CurrentProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [asks, setAsks] = useState<"change" | "cancel" | null>(null);
  const resume = useMutation(
    trpc.billing.resume.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.billing.pathFilter());
        onNews({ kind: "resumed" });
      },
    }),
  );
  const { plan, cancelAtPeriodEnd, nextPlanCode } = subscription;
  const canChange = catalogue.plans.some(({ code }) => code !== plan.code && code !== nextPlanCode);
  const isPlanned = cancelAtPeriodEnd || nextPlanCode !== null;
  const close = () => setAsks(null);
  return (
    <>
      <ProblemNote error={resume.error} />
      <div className={section.actions}>
        {isPlanned && (
          <Button
            variant={cancelAtPeriodEnd ? "filled" : "default"}
            loading={resume.isPending}
            onClick={() => resume.mutate()}
          >
            {cancelAtPeriodEnd
              ? t("billing.plan.resume")
              : t("billing.plan.keep", { name: plan.name })}
          </Button>
        )}
        {canChange && (
          <Button variant="default" onClick={() => setAsks("change")}>
            {t("billing.plan.change")}
          </Button>
        )}
        {!cancelAtPeriodEnd && (
          <Button variant="subtle" color="gray" onClick={() => setAsks("cancel")}>
            {t("billing.plan.cancel")}
          </Button>
        )}
      </div>
      <ChangePlanDialog
        opened={asks === "change"}
        planCode={null}
        onClose={close}
        onChanged={onNews}
      />
      <CancelPlanDialog
        opened={asks === "cancel"}
        {...{ subscription, onDone: onNews, onClose: close }}
      />
    </>
  );
}
