import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ChoiceGroup } from "../../components/choice-group.tsx";
import { DialogWindow } from "../../components/dialog-window.tsx";
import type { SoldPlan, Subscription } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { billingCatalogueQuery, subscriptionQuery } from "./billing-queries.ts";
import styles from "./change-preview.module.css";
import { ChangePreview } from "./change-preview.tsx";
import { IntervalSwitch } from "./interval-switch.tsx";
import type { PlanNews } from "./plan-news.ts";
import { productName } from "./product-name.ts";

type Props = {
  opened: boolean;
  /** The plan that was pressed; without one the dialog offers all others. */
  planCode: string | null;
  onClose: () => void;
  onChanged: (news: PlanNews) => void;
};

/** Another plan: first what it costs and when it begins, then the button. */
export function ChangePlanDialog({ opened, planCode, onClose, onChanged }: Props) {
  const { t } = useTranslation();
  const { data: catalogue } = useQuery(billingCatalogueQuery());
  const { data: subscription } = useQuery({ ...subscriptionQuery(), enabled: opened });
  const others = (catalogue?.plans ?? []).filter((plan) => canBecome(subscription, plan));
  const [chosen, setChosen] = useState<string | null>(planCode);
  const [asked, setAsked] = useState<SoldPlan["interval"] | null>(null);
  useEffect(() => {
    if (!opened) return;
    setChosen(planCode);
    setAsked(null);
  }, [opened, planCode]);
  const pressed = others.find(({ code }) => code === chosen);
  const hasBoth = new Set(others.map((other) => other.interval)).size > 1;
  const interval = asked ?? pressed?.interval ?? subscription?.plan.interval ?? "month";
  const shown = hasBoth ? others.filter((other) => other.interval === interval) : others;
  const plan = shown.find(({ code }) => code === chosen) ?? shown[0];
  const priceOf = ({ interval, priceCents }: SoldPlan) =>
    t(`billing.change.${interval}`, { price: formatCents(t, priceCents) });
  return (
    <DialogWindow opened={opened} onClose={onClose} width={480} title={t("billing.change.title")}>
      {hasBoth && (
        <div className={styles.interval}>
          <IntervalSwitch interval={interval} onChange={setAsked} />
        </div>
      )}
      {plan && others.length > 1 && (
        <ChoiceGroup
          legend={t("billing.change.choose")}
          look="segments"
          columns={shown.length > 3 ? 2 : shown.length}
          value={plan.code}
          onChange={setChosen}
          choices={shown.map((other) => ({
            value: other.code,
            label: productName(t, other.name),
            note: priceOf(other),
          }))}
        />
      )}
      {opened && plan && subscription && (
        <ChangePreview
          key={plan.code}
          plan={plan}
          subscription={subscription}
          onDone={(news) => {
            onChanged(news);
            onClose();
          }}
        />
      )}
    </DialogWindow>
  );
}

const canBecome = (subscription: Subscription | null | undefined, { code }: SoldPlan): boolean =>
  subscription != null && code !== subscription.plan.code && code !== subscription.nextPlanCode;
