import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import type { BillingCatalogue, Subscription } from "../../lib/api-types.ts";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { refreshMoney } from "./billing-queries.ts";
import { ChangePlanDialog } from "./change-plan-dialog.tsx";
import { PlanDialog } from "./plan-dialog.tsx";
import type { PlanNews } from "./plan-news.ts";
import { productName } from "./product-name.ts";

type Props = {
  subscription: Subscription;
  catalogue: BillingCatalogue;
  onNews: (news: PlanNews) => void;
};

/** What can be done about a plan as it stands. */
export function PlanActions({ subscription, catalogue, onNews }: Props) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [asks, setAsks] = useState<"change" | "pause" | "cancel" | null>(null);
  const resume = useMutation(
    trpc.billing.resume.mutationOptions({
      onSuccess: async () => {
        await refreshMoney(queryClient);
        onNews({ kind: "resumed" });
      },
    }),
  );
  const { plan, status, canPause, cancelAtPeriodEnd, nextPlanCode } = subscription;
  const isOther = ({ code }: { code: string }) => code !== plan.code && code !== nextPlanCode;
  const canChange = status !== "paused" && catalogue.plans.some(isOther);
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
              : t("billing.plan.keep", { name: productName(t, plan.name) })}
          </Button>
        )}
        {canChange && (
          <Button variant="default" onClick={() => setAsks("change")}>
            {t("billing.plan.change")}
          </Button>
        )}
        {canPause && (
          <Button variant="subtle" color="gray" onClick={() => setAsks("pause")}>
            {t("billing.plan.pause")}
          </Button>
        )}
        {!cancelAtPeriodEnd && (
          <Button
            // Alone in its row it stands where every row begins.
            {...(canChange ? { variant: "subtle", color: "gray" } : { variant: "default" })}
            onClick={() => setAsks("cancel")}
          >
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
      {(["pause", "cancel"] as const).map((which) => (
        <PlanDialog
          key={which}
          asks={which}
          opened={asks === which}
          {...{ subscription, onDone: onNews, onClose: close }}
        />
      ))}
    </>
  );
}
