import { useState } from "react";
import { Note } from "../../components/note.tsx";
import section from "../../components/section.module.css";
import type { BillingCatalogue, Subscription } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./billing.module.css";
import { NoPlan } from "./no-plan.tsx";
import { PausedPlan } from "./paused-plan.tsx";
import { PlanActions } from "./plan-actions.tsx";
import { PlanAnswer } from "./plan-answer.tsx";
import type { PlanNews } from "./plan-news.ts";
import { productName } from "./product-name.ts";

type Props = { subscription: Subscription | null; catalogue: BillingCatalogue };

const toneOf: Partial<Record<Subscription["status"], string>> = { active: "good", past_due: "bad" };

/** The plan somebody has, what will become of it, and every way to change that. */
export function PlanSection({ subscription, catalogue }: Props) {
  const { t } = useTranslation();
  const [news, setNews] = useState<PlanNews | null>(null);
  return (
    <section className={section.card} aria-labelledby="plan">
      <h2 id="plan" className={subscription ? styles.title : section.name}>
        {t("billing.plan.title")}
      </h2>
      <PlanAnswer news={news} />
      {subscription ? (
        <Current {...{ subscription, catalogue }} onNews={setNews} />
      ) : (
        <NoPlan catalogue={catalogue} />
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
  const { plan, status, isRenewing, debit, cancelAtPeriodEnd, nextPlanCode } = subscription;
  const nextPlan = catalogue.plans.find(({ code }) => code === nextPlanCode);
  const date = new Date(subscription.periodEnd);
  const price = formatCents(t, plan.priceCents);
  const isEnding = status === "active" && cancelAtPeriodEnd;
  return (
    <>
      <div className={styles.planHead}>
        <p className={styles.planName}>
          {t(`billing.plan.${plan.interval}`, { name: productName(t, plan.name), price })}
        </p>
        <span className={section.tag} data-tone={isEnding ? undefined : toneOf[status]}>
          {t(`billing.status.${isEnding ? "ending" : status}`)}
        </span>
      </div>
      <p className={section.text}>
        {t("pricing.each", { count: plan.allowanceCredits })}.{" "}
        {cancelAtPeriodEnd && t("billing.plan.ends", { date })}
        {!cancelAtPeriodEnd &&
          nextPlan &&
          t("billing.plan.becomes", { name: productName(t, nextPlan.name), date })}
        {!cancelAtPeriodEnd &&
          !nextPlan &&
          status === "active" &&
          t("billing.plan.renews", { date })}
      </p>
      {isRenewing && (
        <Note tone="calm" title={t("billing.renewing.title")} text={t("billing.renewing.text")} />
      )}
      {debit && (
        <Note
          tone="calm"
          title={t("billing.debit.title", { amount: formatCents(t, debit.amountDueCents) })}
          text={t("billing.debit.text", { date: new Date(debit.startedAt) })}
        />
      )}
      {status === "paused" && <PausedPlan {...{ subscription, onNews }} />}
      <PlanActions {...{ subscription, catalogue, onNews }} />
    </>
  );
}
