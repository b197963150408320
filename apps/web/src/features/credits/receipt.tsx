import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { DialogWindow } from "../../components/dialog-window.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { Receipt as ReceiptView } from "../../lib/api-types.ts";
import { formatDay } from "../../lib/format.ts";
import { asNotFound } from "../../lib/problem.ts";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { JobSums } from "./job-sums.tsx";
import styles from "./receipt.module.css";

/** Where the credits of one job came from and where they are now. */
export function Receipt({ jobId, onClose }: { jobId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { data: receipt, error } = useQuery(trpc.jobs.receipt.queryOptions({ jobId }));
  return (
    <DialogWindow opened onClose={onClose} width={540} title={t("receipt.title")}>
      {error ? <ProblemNote error={asNotFound(error)} /> : null}
      {!receipt && !error && <Skeleton h={360} />}
      {receipt && <ReceiptBody receipt={receipt} />}
    </DialogWindow>
  );
}

function ReceiptBody({ receipt }: { receipt: ReceiptView }) {
  const { t, locale } = useTranslation();
  const { events, jobId } = receipt;
  return (
    <div className={styles.receipt}>
      <JobSums job={receipt} />
      <section>
        <h3 className={styles.heading}>{t("receipt.moves")}</h3>
        <ol className={styles.entries}>
          {events.map((event) => (
            <li key={event.seq} className={styles.entry}>
              <p className={styles.entryHead}>
                <Link
                  to="/wallet/receipts/$seq"
                  params={{ seq: String(event.seq) }}
                  search
                  replace
                  resetScroll={false}
                  className={styles.link}
                >
                  {t(`creditEvents.${event.kind}`)}
                </Link>
                <span>{formatDay(event.createdAt, locale)}</span>
              </p>
              <ul>
                {event.entries.map((entry) => (
                  <li key={`${entry.grantId}-${entry.to}`} className={styles.small}>
                    {t("units.credits", { count: entry.amount })}
                    {" · "}
                    {t(`creditSources.${entry.source}`)}
                    {" · "}
                    {t("receipt.move", {
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
