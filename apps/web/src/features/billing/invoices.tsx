import { Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { LoadMore } from "../../components/load-more.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { Invoice } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import styles from "./billing.module.css";
import { invoicesQuery } from "./billing-queries.ts";

/** Everything that was billed, newest first, each with its papers. */
export function Invoices() {
  const { t } = useTranslation();
  const list = useInfiniteQuery(invoicesQuery());
  const invoices = list.data?.pages.flatMap(({ items }) => items);
  return (
    <section aria-labelledby="invoices" id="invoices-list">
      <h2 id="invoices" className={styles.heading}>
        {t("billing.invoices.title")}
      </h2>
      {!invoices && (list.error ? <ProblemNote error={list.error} /> : <Skeleton h={160} />)}
      {invoices?.length === 0 && <p className={styles.text}>{t("billing.invoices.empty")}</p>}
      {invoices && invoices.length > 0 && <Table invoices={invoices} />}
      <LoadMore list={list} />
    </section>
  );
}

function Table({ invoices }: { invoices: Invoice[] }) {
  const { t } = useTranslation();
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th>{t("billing.invoices.date")}</th>
          <th className={styles.wide}>{t("billing.invoices.number")}</th>
          <th>{t("billing.invoices.status")}</th>
          <th className={styles.number}>{t("billing.invoices.amount")}</th>
          <th>{t("billing.invoices.documents")}</th>
        </tr>
      </thead>
      <tbody>
        {invoices.map((invoice) => (
          <Row key={invoice.id} invoice={invoice} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ invoice }: { invoice: Invoice }) {
  const { t, i18n } = useTranslation();
  const { createdAt, status, totalCents, url, pdfUrl } = invoice;
  const number = invoice.number ?? invoice.id;
  const isOpen = status === "open";
  const day = new Intl.DateTimeFormat(i18n.language, { dateStyle: "medium" });
  return (
    <tr>
      <td>{day.format(new Date(createdAt))}</td>
      <td className={styles.wide}>{number}</td>
      <td>
        <span className={styles.status} data-status={status}>
          {t(`billing.invoices.states.${status}`)}
        </span>
      </td>
      <td className={styles.number}>{formatCents(t, totalCents)}</td>
      <td>
        <span className={styles.papers}>
          {url && (
            <a
              href={url}
              aria-label={t(`billing.invoices.${isOpen ? "payOf" : "viewOf"}`, { number })}
            >
              {t(`billing.invoices.${isOpen ? "pay" : "view"}`)}
            </a>
          )}
          {pdfUrl && (
            <a href={pdfUrl} aria-label={t("billing.invoices.pdfOf", { number })}>
              {t("billing.invoices.pdf")}
            </a>
          )}
        </span>
      </td>
    </tr>
  );
}
