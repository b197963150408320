import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "../lib/use-translation.ts";
import styles from "./load-more.module.css";
import { ProblemNote } from "./problem-note.tsx";

type List = {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  error: unknown;
  fetchNextPage: () => Promise<unknown>;
};

/** Fetches the next page before its place is reached. A button as well, for those who do not scroll. */
export function LoadMore({ list }: { list: List }) {
  const { t } = useTranslation();
  const mark = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, error, fetchNextPage } = list;
  // A page that did not come is asked for again by the button only, or it would be asked for without end.
  const byItself = hasNextPage && !isFetchingNextPage && !isFetchNextPageError;

  useEffect(() => {
    const element = mark.current;
    if (!element || !byItself) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) void fetchNextPage();
      },
      { rootMargin: "600px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [byItself, fetchNextPage]);

  return (
    <div ref={mark} className={styles.more}>
      {isFetchNextPageError && <ProblemNote error={error} />}
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchNextPageError ? t("actions.tryAgain") : t("actions.more")}
        </Button>
      )}
    </div>
  );
}
