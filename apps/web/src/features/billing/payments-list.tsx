import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { LoadMore } from "../../components/load-more.tsx";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { Payment, RefundAnswer } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import styles from "./billing.module.css";
import { paymentsQuery } from "./billing-queries.ts";
import { RefundDialog } from "./refund-dialog.tsx";

/** What was paid, newest first, and what of it the buyer may take back today. */
export function PaymentsList() {
  const { t } = useTranslation();
  const list = useInfiniteQuery(paymentsQuery());
  const [asked, setAsked] = useState<Payment | null>(null);
  const [answer, setAnswer] = useState<RefundAnswer | null>(null);
  const payments = list.data?.pages.flatMap(({ items }) => items);
  // A list of nothing says no more than the empty list of invoices above it.
  if (payments?.length === 0) return null;
  return (
    <section aria-labelledby="payments" id="payments-list">
      <h2 id="payments" className={styles.heading}>
        {t("payments.title")}
      </h2>
      {answer && (
        <div className={styles.answer}>
          <Note
            tone="calm"
            title={t(`payments.${answer.status}.title`)}
            text={t(`payments.${answer.status}.text`, { cents: formatCents(t, answer.cents) })}
          />
        </div>
      )}
      {!payments && (list.error ? <ProblemNote error={list.error} /> : <Skeleton h={120} />)}
      {payments && (
        <table className={styles.table}>
          <thead>
            <tr>
              <th>{t("payments.date")}</th>
              <th>{t("payments.what")}</th>
              <th className={styles.number}>{t("payments.amount")}</th>
              <th aria-label={t("payments.refund")} />
            </tr>
          </thead>
          <tbody>
            {payments.map((payment) => (
              <Row key={payment.reference} payment={payment} onRefund={() => setAsked(payment)} />
            ))}
          </tbody>
        </table>
      )}
      <LoadMore list={list} />
      {asked && (
        <RefundDialog
          payment={asked}
          onClose={() => setAsked(null)}
          onDone={(done) => {
            setAnswer(done);
            setAsked(null);
          }}
        />
      )}
    </section>
  );
}

function Row({ payment, onRefund }: { payment: Payment; onRefund: () => void }) {
  const { t, i18n } = useTranslation();
  const { kind, productName, paidAt, paidCents, refundedCents, disputeStatus } = payment;
  const day = new Intl.DateTimeFormat(i18n.language, { dateStyle: "medium" });
  const name = productName ?? t(`payments.kinds.${kind}`);
  return (
    <tr>
      <td>{day.format(new Date(paidAt))}</td>
      <td>
        {name}
        {refundedCents > 0 && (
          <span className={styles.aside}>
            {t("payments.refunded", { cents: formatCents(t, refundedCents) })}
          </span>
        )}
        {payment.hasRefundFailed && (
          <span className={styles.aside}>{t("payments.refundFailed")}</span>
        )}
        {disputeStatus !== "none" && (
          <span className={styles.aside}>{t(`payments.dispute.${disputeStatus}`)}</span>
        )}
      </td>
      <td className={styles.number}>{formatCents(t, paidCents)}</td>
      <td>
        {payment.refundableCents > 0 && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t("payments.refundOf", { name })}
            onClick={onRefund}
          >
            {t("payments.refund")}
          </Button>
        )}
      </td>
    </tr>
  );
}
