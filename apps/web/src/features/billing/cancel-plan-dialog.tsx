import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import confirm from "../../components/confirm-dialog.module.css";
import { DialogWindow } from "../../components/dialog-window.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import type { Subscription } from "../../lib/api-types.ts";
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

/** Says what a cancel means before it happens. */
export function CancelPlanDialog({ opened, subscription, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { plan, status, periodEnd } = subscription;
  const date = new Date(periodEnd);
  const cancel = useMutation(
    trpc.billing.cancel.mutationOptions({
      onSuccess: async () => {
        await refreshMoney(queryClient);
        onDone({ kind: "cancelled", date });
        onClose();
      },
    }),
  );
  return (
    <DialogWindow
      opened={opened}
      onClose={onClose}
      width={460}
      title={t("billing.cancel.title", { name: productName(t, plan.name) })}
    >
      <ul className={section.list}>
        {status === "paused" ? (
          <li>{t("billing.cancel.pausedStays", { date })}</li>
        ) : (
          <>
            <li>{t("billing.cancel.stays", { date })}</li>
            <li>{t("billing.cancel.expires")}</li>
          </>
        )}
        <li>{t("billing.cancel.packs")}</li>
        <li>{t("billing.cancel.bills")}</li>
      </ul>
      {cancel.error && (
        <div className={confirm.problem}>
          <ProblemNote error={cancel.error} />
        </div>
      )}
      <div className={confirm.actions}>
        <Button variant="default" onClick={onClose}>
          {t("billing.cancel.keep")}
        </Button>
        <Button color="red" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          {t("billing.cancel.confirm")}
        </Button>
      </div>
    </DialogWindow>
  );
}
