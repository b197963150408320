import { Button, Skeleton } from "@mantine/core";
import IconReceipt from "@tabler/icons-react/dist/esm/icons/IconReceipt.mjs";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../../components/empty-state.tsx";
import { LoadMore } from "../../components/load-more.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { CreditEvent } from "../../lib/api-types.ts";
import { historyQuery } from "../../lib/queries.ts";
import styles from "./history.module.css";
import { HistoryRow } from "./history-row.tsx";

/** Every credit that came, was set aside, was spent or came back, newest first. */
export function History() {
  const { t } = useTranslation();
  const list = useInfiniteQuery(historyQuery());
  const events: CreditEvent[] = list.data?.pages.flatMap(({ items }) => items) ?? [];

  if (list.error && !list.data) {
    return (
      <ProblemNote error={list.error}>
        <Button size="xs" variant="default" onClick={() => void list.refetch()}>
          {t("actions.tryAgain")}
        </Button>
      </ProblemNote>
    );
  }
  if (!list.data) return <Skeleton h={420} radius={16} />;
  if (events.length === 0) {
    return (
      <EmptyState
        icon={<IconReceipt size={26} stroke={1.6} />}
        title={t("history.empty.title")}
        text={t("history.empty.text")}
      />
    );
  }
  return (
    <>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("history.what")}</th>
            <th scope="col" className={styles.when}>
              {t("history.when")}
            </th>
            <th scope="col" className={styles.number}>
              {t("history.change")}
            </th>
            <th scope="col" className={styles.number}>
              {t("history.after")}
            </th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <HistoryRow key={event.seq} event={event} />
          ))}
        </tbody>
      </table>
      <LoadMore list={list} />
    </>
  );
}
