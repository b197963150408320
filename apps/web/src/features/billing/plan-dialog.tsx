import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { ConfirmDialogWindow } from "../../components/confirm-dialog-window.tsx";
import type { Subscription } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { newId } from "../../lib/new-id.ts";
import type { Translate } from "../../lib/translate.ts";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { refreshMoney } from "./billing-queries.ts";
import type { PlanNews } from "./plan-news.ts";
import { productName } from "./product-name.ts";

type Props = {
  asks: "cancel" | "pause";
  opened: boolean;
  subscription: Subscription;
  onClose: () => void;
  onDone: (news: PlanNews) => void;
};

/** Says what a cancel or a pause means, and what it costs to go on, before it begins. */
export function PlanDialog({ asks, opened, subscription, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const requestId = useRef(newId());
  const done = async (news: PlanNews) => {
    await refreshMoney(queryClient);
    onDone(news);
    onClose();
  };
  const date = new Date(subscription.periodEnd);
  const cancel = useMutation(
    trpc.billing.cancel.mutationOptions({ onSuccess: () => done({ kind: "cancelled", date }) }),
  );
  const pause = useMutation(
    trpc.billing.pause.mutationOptions({
      onSuccess: () => {
        requestId.current = newId();
        return done({ kind: "paused" });
      },
    }),
  );
  const { isPending, error, reset } = asks === "cancel" ? cancel : pause;
  const close = () => {
    // What is under way says in this window how it ends.
    if (isPending) return;
    reset();
    requestId.current = newId();
    onClose();
  };
  const confirm = () =>
    asks === "cancel" ? cancel.mutate() : pause.mutate({ requestId: requestId.current });
  return (
    <ConfirmDialogWindow
      {...{ opened, error }}
      onClose={close}
      title={t(`billing.${asks}.title`, { name: productName(t, subscription.plan.name) })}
      text={asks === "cancel" ? cancelMeans(t, subscription) : pauseMeans(t, subscription)}
      confirm={t(`billing.${asks}.confirm`)}
      keep={t(`billing.${asks}.keep`)}
      isHarmless={asks === "pause"}
      loading={isPending}
      onConfirm={confirm}
    />
  );
}

function cancelMeans(t: Translate, { status, periodEnd }: Subscription): string[] {
  const date = new Date(periodEnd);
  const plan =
    status === "paused"
      ? [t("billing.cancel.pausedStays", { date })]
      : [t("billing.cancel.stays", { date }), t("billing.cancel.expires")];
  return [...plan, t("billing.cancel.packs"), t("billing.cancel.bills")];
}

const pauseMeans = (t: Translate, { plan, periodEnd }: Subscription): string[] => [
  t("billing.pause.stays", { date: new Date(periodEnd) }),
  t("billing.pause.then"),
  t("billing.pause.overage"),
  t("billing.pause.resume", { amount: formatCents(t, plan.priceCents) }),
];
