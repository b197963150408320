import { Button, VisuallyHidden } from "@mantine/core";
import section from "../../components/section.module.css";
import type { Payment } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { productName } from "./product-name.ts";

type Props = { payments: Payment[]; onRefund: (payment: Payment) => void };

export function PaymentsTable({ payments, onRefund }: Props) {
  const { t } = useTranslation();
  return (
    <table className={section.table}>
      <thead>
        <tr>
          <th scope="col" className={section.wide}>
            {t("payments.date")}
          </th>
          <th scope="col">{t("payments.what")}</th>
          <th scope="col" className={section.number}>
            {t("payments.amount")}
          </th>
          <th scope="col">
            <VisuallyHidden>{t("payments.refund")}</VisuallyHidden>
          </th>
        </tr>
      </thead>
      <tbody>
        {payments.map((payment) => (
          <Row key={payment.reference} payment={payment} onRefund={() => onRefund(payment)} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ payment, onRefund }: { payment: Payment; onRefund: () => void }) {
  const { t, locale } = useTranslation();
  const { kind, productName: sold, paidAt, paidCents, refundedCents, disputeStatus } = payment;
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
  const paidOn = day.format(new Date(paidAt));
  const name = sold !== null ? productName(t, sold) : t(`payments.kinds.${kind}`);
  return (
    <tr>
      <td className={section.wide}>{paidOn}</td>
      <td>
        {name}
        <span className={`${section.aside} ${section.narrow}`}>{paidOn}</span>
        {refundedCents > 0 && (
          <span className={section.aside}>
            {t("payments.refunded", { cents: formatCents(t, refundedCents) })}
          </span>
        )}
        {payment.pendingRefundCents > 0 && (
          <span className={section.aside}>
            {t("payments.refundPending", { cents: formatCents(t, payment.pendingRefundCents) })}
          </span>
        )}
        {payment.hasRefundFailed && (
          <span className={section.aside}>{t("payments.refundFailed")}</span>
        )}
        {disputeStatus !== "none" && (
          <span className={section.aside}>{t(`payments.dispute.${disputeStatus}`)}</span>
        )}
      </td>
      <td className={section.number}>{formatCents(t, paidCents)}</td>
      <td className={section.number}>
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
