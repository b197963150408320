import { Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { LoadMore } from "../../components/load-more.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import type { Invoice } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { useHashTarget } from "../../lib/use-hash-target.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./billing.module.css";
import { invoicesQuery } from "./billing-queries.ts";

const toneOf: Partial<Record<Invoice["status"], string>> = {
  paid: "good",
  open: "bad",
  uncollectible: "bad",
};

const parts = ["invoices"];

/** Everything that was billed, newest first, each with its papers. */
export function Invoices() {
  const { t } = useTranslation();
  const list = useInfiniteQuery(invoicesQuery());
  const invoices = list.data?.pages.flatMap(({ items }) => items);
  useHashTarget(parts, invoices !== undefined);
  return (
    <section aria-labelledby="invoices" id="invoices-list">
      <h2 id="invoices" className={section.heading}>
        {t("billing.invoices.title")}
      </h2>
      {!invoices &&
        (list.error ? (
          <ProblemNote error={list.error} onRetry={list.refetch} />
        ) : (
          <Skeleton h={160} />
        ))}
      {invoices?.length === 0 && <p className={section.text}>{t("billing.invoices.empty")}</p>}
      {invoices && invoices.length > 0 && <Table invoices={invoices} />}
      <LoadMore list={list} />
    </section>
  );
}

function Table({ invoices }: { invoices: Invoice[] }) {
  const { t } = useTranslation();
  return (
    <table className={section.table}>
      <thead>
        <tr>
          <th scope="col">{t("billing.invoices.date")}</th>
          <th scope="col" className={section.wide}>
            {t("billing.invoices.number")}
          </th>
          <th scope="col" className={section.wide}>
            {t("billing.invoices.status")}
          </th>
          <th scope="col" className={section.number}>
            {t("billing.invoices.amount")}
          </th>
          <th scope="col">{t("billing.invoices.documents")}</th>
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
  const { t, locale } = useTranslation();
  const { createdAt, status, totalCents } = invoice;
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(new Date(createdAt));
  // The receipt of a payment without an invoice often has no number, and the provider's own name for it says nothing.
  const number = invoice.number ?? t("billing.invoices.receipt");
  const state = (
    <span className={section.tag} data-tone={toneOf[status]}>
      {t(`billing.invoices.states.${status}`)}
    </span>
  );
  return (
    <tr>
      <td className={section.line}>
        {date}
        <span className={`${section.aside} ${section.narrow}`}>{number}</span>
      </td>
      <td className={section.wide}>{number}</td>
      <td className={section.wide}>{state}</td>
      <td className={section.number}>
        {formatCents(t, totalCents)}
        <span className={section.narrow}>{state}</span>
      </td>
      <td>
        <Papers {...{ invoice, date }} />
      </td>
    </tr>
  );
}

function Papers({ invoice, date }: { invoice: Invoice; date: string }) {
  const { t } = useTranslation();
  const { url, pdfUrl, status, number } = invoice;
  const isOpen = status === "open";
  const called = (of: "payOf" | "viewOf" | "pdfOf") =>
    number === null
      ? t("billing.invoices.receiptOf", { date })
      : t(`billing.invoices.${of}`, { number });
  return (
    <span className={styles.papers}>
      {url && (
        <a href={url} aria-label={called(isOpen ? "payOf" : "viewOf")}>
          {t(`billing.invoices.${isOpen ? "pay" : "view"}`)}
        </a>
      )}
      {pdfUrl && (
        <a href={pdfUrl} aria-label={called("pdfOf")}>
          {t("billing.invoices.pdf")}
        </a>
      )}
    </span>
  );
}
