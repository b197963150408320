import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import confirm from "../../components/confirm-dialog.module.css";
import { DialogWindow } from "../../components/dialog-window.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import type { Subscription } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { newId } from "../../lib/new-id.ts";
import { trpc } from "../../lib/trpc.ts";
import { refreshMoney } from "./billing-queries.ts";
import type { PlanNews } from "./plan-news.ts";
import { productName } from "./product-name.ts";

type Props = {
  opened: boolean;
  subscription: Subscription;
  onClose: () => void;
  onDone: (news: PlanNews) => void;
};

/** Says what a pause means, and what it costs to go on, before it begins. */
export function PausePlanDialog({ opened, subscription, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const requestId = useRef(newId());
  const { plan, periodEnd } = subscription;
  const amount = formatCents(t, plan.priceCents);
  const pause = useMutation(
    trpc.billing.pause.mutationOptions({
      onSuccess: async () => {
        requestId.current = newId();
        await refreshMoney(queryClient);
        onDone({ kind: "paused" });
        onClose();
      },
    }),
  );
  return (
    <DialogWindow
      opened={opened}
      onClose={onClose}
      width={460}
      title={t("billing.pause.title", { name: productName(t, plan.name) })}
    >
      <ul className={section.list}>
        <li>{t("billing.pause.stays", { date: new Date(periodEnd) })}</li>
        <li>{t("billing.pause.then")}</li>
        <li>{t("billing.pause.overage")}</li>
        <li>{t("billing.pause.resume", { amount })}</li>
      </ul>
      {pause.error && (
        <div className={confirm.problem}>
          <ProblemNote error={pause.error} />
        </div>
      )}
      <div className={confirm.actions}>
        <Button variant="default" onClick={onClose}>
          {t("billing.pause.keep")}
        </Button>
        <Button
          loading={pause.isPending}
          onClick={() => pause.mutate({ requestId: requestId.current })}
        >
          {t("billing.pause.confirm")}
        </Button>
      </div>
    </DialogWindow>
  );
}
