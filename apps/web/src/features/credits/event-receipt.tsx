import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { DialogWindow } from "../../components/dialog-window.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { EventReceipt as Receipt } from "../../lib/api-types.ts";
import { formatChange, formatDay } from "../../lib/format.ts";
import { asNotFound } from "../../lib/problem.ts";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { formatMoment } from "./dates.ts";
import { EntryList } from "./entry-list.tsx";
import { EventMark } from "./event-mark.tsx";
import { explanationOf, titleOf } from "./event-words.ts";
import { JobSums } from "./job-sums.tsx";
import { noteOf } from "./note-of.ts";
import styles from "./receipt.module.css";

/** Everything about one line of the history. */
export function EventReceipt({ seq, onClose }: { seq: number; onClose: () => void }) {
  const { t } = useTranslation();
  const { data: receipt, error } = useQuery(trpc.credits.receipt.queryOptions({ seq }));
  return (
    <DialogWindow opened onClose={onClose} width={540} title={t("receipt.title")}>
      {error ? <ProblemNote error={asNotFound(error)} /> : null}
      {!receipt && !error && <Skeleton h={360} />}
      {receipt && <Body receipt={receipt} />}
    </DialogWindow>
  );
}

function Body({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation();
  const { event, entries, job } = receipt;
  return (
    <div className={styles.receipt}>
      <Head receipt={receipt} />
      {job && <JobSums job={job} />}
      <section>
        <h3 className={styles.heading}>{t("receipt.moves")}</h3>
        <EntryList receipt={receipt} />
      </section>
      {entries[0] && entries.some(({ from }) => from === "issued") && <Today receipt={receipt} />}
      {job && <Steps receipt={receipt} />}
      {isOfPayment(receipt) && (
        <p>
          <Link to="/billing" hash="payments" className={styles.link}>
            {t("receipt.payment")}
          </Link>
        </p>
      )}
      <p className={styles.id}>
        {t("receipt.number", { seq: event.seq })}
        {job && ` · ${t("receipt.id", { jobId: job.jobId })}`}
      </p>
    </div>
  );
}

/** Whether money stands behind it: then there is a payment, with an invoice. */
const isOfPayment = ({ job, entries }: Receipt): boolean =>
  job === null && entries.some(({ source }) => source === "purchase" || source === "allowance");

function Head({ receipt: { event, actor } }: { receipt: Receipt }) {
  const { t, locale } = useTranslation();
  const { kind, change, spent, availableAfter, heldAfter, owedAfter } = event;
  const note = noteOf(event);
  const balance = [
    t("receipt.availableAfter", { count: availableAfter }),
    heldAfter > 0 && t("receipt.heldAfter", { count: heldAfter }),
    owedAfter > 0 && t("receipt.owedAfter", { count: owedAfter }),
  ].filter(Boolean);
  return (
    <section>
      <p className={styles.change}>
        <EventMark kind={kind} />
        <b>{titleOf(t, event)}</b>
        <span data-sign={kind === "capture" ? 0 : Math.sign(change)}>
          {kind === "capture" ? t("units.credits", { count: spent }) : formatChange(change, locale)}
        </span>
      </p>
      <p className={styles.explanation}>{explanationOf(t, event)}</p>
      <dl className={styles.sums}>
        <dt>{t("receipt.when")}</dt>
        <dd>{formatMoment(event.createdAt, locale)}</dd>
        <dt>{t("receipt.by")}</dt>
        <dd>{t(`receipt.actors.${actor}`)}</dd>
        {note && (
          <>
            <dt>{t("receipt.note")}</dt>
            <dd>{note}</dd>
          </>
        )}
        <dt>{t("receipt.balanceAfter")}</dt>
        <dd>{balance.join(", ")}</dd>
      </dl>
    </section>
  );
}

/** What became of credits that this event brought. */
function Today({ receipt: { entries } }: { receipt: Receipt }) {
  const { t } = useTranslation();
  const brought = entries.find(({ from }) => from === "issued");
  const places = Object.entries(brought?.today ?? {}) as [
    keyof Receipt["entries"][0]["today"],
    number,
  ][];
  return (
    <section>
      <h3 className={styles.heading}>{t("receipt.today")}</h3>
      <dl className={styles.sums}>
        {places.map(
          ([account, count]) =>
            count > 0 && (
              <div key={account} className={styles.pair}>
                <dt>{t(`creditAccounts.${account}`)}</dt>
                <dd>{t("units.credits", { count })}</dd>
              </div>
            ),
        )}
      </dl>
    </section>
  );
}

/** The other lines of the same job, one press away. */
function Steps({ receipt: { event, jobEvents } }: { receipt: Receipt }) {
  const { t, locale } = useTranslation();
  return (
    <section>
      <h3 className={styles.heading}>{t("receipt.steps")}</h3>
      <ol className={styles.steps}>
        {jobEvents.map(({ seq, kind, createdAt }) => (
          <li key={seq}>
            <EventMark kind={kind} />
            {seq === event.seq ? (
              <b>
                {t(`creditEvents.${kind}`)} <span>({t("receipt.thisOne")})</span>
              </b>
            ) : (
              <Link
                to="/wallet/receipts/$seq"
                params={{ seq: String(seq) }}
                search
                replace
                resetScroll={false}
                className={styles.link}
              >
                {t(`creditEvents.${kind}`)}
              </Link>
            )}
            <span className={styles.small}>{formatDay(createdAt, locale)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
