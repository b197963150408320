import { Button, Skeleton } from "@mantine/core";
import IconReceipt from "@tabler/icons-react/dist/esm/icons/IconReceipt.mjs";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "../../components/empty-state.tsx";
import { LoadMore } from "../../components/load-more.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import type { CreditEvent } from "../../lib/api-types.ts";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./history.module.css";
import { HistoryRow } from "./history-row.tsx";
import { filterOf, type HistorySearch } from "./history-search.ts";

const historyQuery = (search: HistorySearch) =>
  trpc.credits.history.infiniteQueryOptions(
    { ...filterOf(search), limit: 25 },
    // The lines before stay until the others are there, so that nothing jumps.
    { getNextPageParam: ({ nextCursor }) => nextCursor, placeholderData: keepPreviousData },
  );

/** Every credit that came, was set aside, was spent or came back, newest first. */
export function History({ search }: { search: HistorySearch }) {
  const { t } = useTranslation();
  const list = useInfiniteQuery(historyQuery(search));
  const events: CreditEvent[] = list.data?.pages.flatMap(({ items }) => items) ?? [];

  if (list.error && !list.data) {
    return <ProblemNote error={list.error} onRetry={list.refetch} />;
  }
  if (!list.data) return <Skeleton h={420} radius={16} />;
  if (events.length === 0) return <NoLines filtered={Object.keys(search).length > 0} />;
  return (
    <div className={styles.list} data-waiting={list.isPlaceholderData}>
      <table className={section.table}>
        <thead>
          <tr>
            <th scope="col">{t("history.what")}</th>
            <th scope="col" className={section.wide}>
              {t("history.when")}
            </th>
            <th scope="col" className={section.number}>
              {t("history.change")}
            </th>
            <th scope="col" className={`${section.number} ${section.wide}`}>
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
    </div>
  );
}

function NoLines({ filtered }: { filtered: boolean }) {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<IconReceipt size={26} stroke={1.6} />}
      title={filtered ? t("history.noMatch.title") : t("history.empty.title")}
      text={filtered ? t("history.noMatch.text") : t("history.empty.text")}
    >
      {filtered && (
        <Button
          renderRoot={(props) => <Link to="/wallet" search={{}} resetScroll={false} {...props} />}
          size="xs"
          variant="default"
        >
          {t("history.clear")}
        </Button>
      )}
    </EmptyState>
  );
}
