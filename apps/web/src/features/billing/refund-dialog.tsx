import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDialogWindow } from "../../components/confirm-dialog-window.tsx";
import type { Payment, RefundAnswer } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { newId } from "../../lib/new-id.ts";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { refreshMoney } from "./billing-queries.ts";

type Props = { payment: Payment; onClose: () => void; onDone: (answer: RefundAnswer) => void };

/** Says what a refund takes before it is ordered. Pressed twice, it is one: the id is made when the window opens. */
export function RefundDialog({ payment, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [requestId] = useState(newId);
  const { reference: paymentReference, refundableCents, refundableUntil } = payment;
  const cents = formatCents(t, refundableCents);
  const refund = useMutation(
    trpc.billing.requestRefund.mutationOptions({
      onSuccess: async (answer) => {
        await refreshMoney(queryClient);
        onDone(answer);
      },
    }),
  );
  const until = refundableUntil && new Date(refundableUntil);
  return (
    <ConfirmDialogWindow
      opened
      // Once ordered, the answer belongs to this order: opened again it would be another one.
      onClose={() => {
        if (!refund.isPending) onClose();
      }}
      title={t("payments.confirm.title", { cents })}
      text={[
        t("payments.confirm.credits"),
        t("payments.confirm.money", { cents }),
        ...(until ? [t("payments.confirm.until", { date: until })] : []),
      ]}
      confirm={t("payments.confirm.yes")}
      keep={t("payments.confirm.no")}
      loading={refund.isPending}
      error={refund.error}
      onConfirm={() => refund.mutate({ paymentReference, requestId })}
    />
  );
}
