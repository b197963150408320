import { Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { SELF_REFUND_DAYS } from "@tintype/core/billing";
import { useRef, useState } from "react";
import { LoadMore } from "../../components/load-more.tsx";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import type { Payment, RefundAnswer } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { useHashTarget } from "../../lib/use-hash-target.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { Answer } from "./answer.tsx";
import { paymentsQuery } from "./billing-queries.ts";
import { PaymentsTable } from "./payments-table.tsx";
import { refundPollDelay } from "./poll-delay.ts";
import { RefundDialog } from "./refund-dialog.tsx";

const parts = ["payments"];

/** What was paid, newest first, and what of it the buyer may take back today. */
export function PaymentsList() {
  const { t } = useTranslation();
  const waitingSince = useRef<number | null>(null);
  const list = useInfiniteQuery({
    ...paymentsQuery(),
    // Its credits have gone with the order, so no news of the wallet tells when the money has followed.
    refetchInterval: ({ state }) => {
      const isWaiting = state.data?.pages.some(({ items }) => items.some(isPending)) ?? false;
      waitingSince.current = isWaiting ? (waitingSince.current ?? Date.now()) : null;
      return waitingSince.current !== null && refundPollDelay(Date.now() - waitingSince.current);
    },
  });
  const [asked, setAsked] = useState<Payment | null>(null);
  const [ordered, setOrdered] = useState<{ payment: Payment; answer: RefundAnswer } | null>(null);
  const payments = list.data?.pages.flatMap(({ items }) => items);
  useHashTarget(parts, payments !== undefined);
  // What the bank has sent back in the meantime is not on its way any more.
  const answer = ordered && !hasFailedSince(ordered.payment, payments) ? ordered.answer : null;
  // A list of nothing says no more than the empty list of invoices above it.
  if (payments?.length === 0) return null;
  return (
    <section aria-labelledby="payments" id="payments-list">
      <h2 id="payments" className={section.heading}>
        {t("payments.title")}
      </h2>
      <p className={section.text}>{t("payments.text", { days: SELF_REFUND_DAYS })}</p>
      <Answer about={answer}>
        {answer && (
          <Note
            tone="calm"
            title={t(`payments.${answer.status}.title`)}
            text={t(`payments.${answer.status}.text`, { cents: formatCents(t, answer.cents) })}
          />
        )}
      </Answer>
      {!payments &&
        (list.error ? (
          <ProblemNote error={list.error} onRetry={list.refetch} />
        ) : (
          <Skeleton h={120} />
        ))}
      {payments && <PaymentsTable payments={payments} onRefund={setAsked} />}
      <LoadMore list={list} />
      {asked && (
        <RefundDialog
          payment={asked}
          onClose={() => setAsked(null)}
          onDone={(done) => {
            setOrdered({ payment: asked, answer: done });
            setAsked(null);
          }}
        />
      )}
    </section>
  );
}

const isPending = ({ pendingRefundCents }: Payment): boolean => pendingRefundCents > 0;

const hasFailedSince = (before: Payment, payments: readonly Payment[] | undefined): boolean =>
  !before.hasRefundFailed &&
  payments?.find(({ reference }) => reference === before.reference)?.hasRefundFailed === true;
