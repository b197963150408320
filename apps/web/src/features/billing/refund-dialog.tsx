import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import confirm from "../../components/confirm-dialog.module.css";
import { DialogWindow } from "../../components/dialog-window.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import type { Payment, RefundAnswer } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { newId } from "../../lib/new-id.ts";
import { trpc } from "../../lib/trpc.ts";
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
  return (
    <DialogWindow
      opened
      onClose={onClose}
      width={460}
      title={t("payments.confirm.title", { cents })}
    >
      <ul className={section.list}>
        <li>{t("payments.confirm.credits")}</li>
        <li>{t("payments.confirm.money", { cents })}</li>
        {refundableUntil && (
          <li>{t("payments.confirm.until", { date: new Date(refundableUntil) })}</li>
        )}
      </ul>
      {refund.error && (
        <div className={confirm.problem}>
          <ProblemNote error={refund.error} />
        </div>
      )}
      <div className={confirm.actions}>
        <Button variant="default" onClick={onClose}>
          {t("payments.confirm.no")}
        </Button>
        <Button
          color="red"
          loading={refund.isPending}
          onClick={() => refund.mutate({ paymentReference, requestId })}
        >
          {t("payments.confirm.yes")}
        </Button>
      </div>
    </DialogWindow>
  );
}
