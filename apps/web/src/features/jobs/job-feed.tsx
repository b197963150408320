import { Button } from "@mantine/core";
import IconPhotoSpark from "@tabler/icons-react/dist/esm/icons/IconPhotoSpark.mjs";
import { useInfiniteQuery } from "@tanstack/react-query";
import { EmptyState } from "../../components/empty-state.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { Job } from "../../lib/api-types.ts";
import { jobsQuery } from "../../lib/queries.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./feed.module.css";
import { FeedSkeleton } from "./feed-skeleton.tsx";
import { JobCard } from "./job-card.tsx";

type Props = {
  /** The job went into the form: bring the form into view. */
  onReused: () => void;
};

/** The user's jobs, newest first; the unfinished ones move by themselves. */
export function JobFeed({ onReused }: Props) {
  const { t } = useTranslation();
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    jobsQuery(),
  );
  const jobs: Job[] = data?.pages.flatMap(({ items }) => items) ?? [];

  if (error && !data) {
    return <ProblemNote error={error} onRetry={refetch} />;
  }
  if (!data) return <FeedSkeleton />;
  if (jobs.length === 0) {
    return (
      <EmptyState
        icon={<IconPhotoSpark size={26} stroke={1.6} />}
        title={t("jobs.empty.title")}
        text={t("jobs.empty.text")}
      />
    );
  }
  return (
    <>
      <ul className={styles.feed}>
        {jobs.map((job) => (
          <li key={job.id}>
            <JobCard job={job} onReused={onReused} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button
          fullWidth
          mt="lg"
          variant="default"
          loading={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {t("actions.more")}
        </Button>
      )}
    </>
  );
}
