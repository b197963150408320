import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { DialogWindow } from "../../components/dialog-window.tsx";
import { PriceBreakdown } from "../../components/price-breakdown.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { Receipt as ReceiptView } from "../../lib/api-types.ts";
import { formatDay } from "../../lib/format.ts";
import { asNotFound } from "../../lib/problem.ts";
import { trpc } from "../../lib/trpc.ts";
import styles from "./receipt.module.css";

/** Where the credits of one job came from and where they are now. */
export function Receipt({ jobId, onClose }: { jobId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { data: receipt, error } = useQuery(trpc.jobs.receipt.queryOptions({ jobId }));
  return (
    <DialogWindow opened onClose={onClose} width={520} title={t("receipt.title")}>
      {error ? <ProblemNote error={asNotFound(error)} /> : null}
      {!receipt && !error && <Skeleton h={360} />}
      {receipt && <ReceiptBody receipt={receipt} />}
    </DialogWindow>
  );
}

function ReceiptBody({ receipt }: { receipt: ReceiptView }) {
  const { t, i18n } = useTranslation();
  const { status, breakdown, held, charged, released, events, jobId } = receipt;
  const credits = (count: number) => t("units.credits", { count });
  return (
    <div className={styles.receipt}>
      <section>
        <h3 className={styles.heading}>{t("receipt.quote")}</h3>
        <PriceBreakdown breakdown={breakdown} />
      </section>
      <section>
        <h3 className={styles.heading}>{t("receipt.result")}</h3>
        <dl className={styles.sums}>
          <dt>{t("receipt.status")}</dt>
          <dd>{t(`statuses.${status}`)}</dd>
          <dt>{t("receipt.held")}</dt>
          <dd>{credits(held)}</dd>
          <dt>{t("receipt.charged")}</dt>
          <dd>{credits(charged)}</dd>
          <dt>{t("receipt.released")}</dt>
          <dd data-good={released > 0}>{credits(released)}</dd>
        </dl>
      </section>
      <section>
        <h3 className={styles.heading}>{t("receipt.moves")}</h3>
        <ol className={styles.events}>
          {events.map((event) => (
            <li key={event.seq} className={styles.event}>
              <p className={styles.eventHead}>
                <b>{t(`creditEvents.${event.kind}`)}</b>
                <span>{formatDay(event.createdAt, i18n.language)}</span>
              </p>
              <ul>
                {event.entries.map((entry) => (
                  <li key={`${entry.grantId}-${entry.to}`} className={styles.entry}>
                    {t("receipt.entry", {
                      amount: credits(entry.amount),
                      source: t(`creditSources.${entry.source}`),
                      from: t(`creditAccounts.${entry.from}`),
                      to: t(`creditAccounts.${entry.to}`),
                    })}
                  </li>
                ))}
              </ul>
            </li>
          ))}
        </ol>
      </section>
      <p className={styles.id}>{t("receipt.id", { jobId })}</p>
    </div>
  );
}
