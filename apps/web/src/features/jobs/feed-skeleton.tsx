import { Skeleton } from "@mantine/core";
import styles from "./feed.module.css";

/** The size of a finished card and of one more, so that little moves when the cards come. */
export function FeedSkeleton() {
  return (
    <div className={styles.feed} aria-busy="true">
      <Skeleton h={520} radius={18} />
      <Skeleton h={180} radius={18} />
    </div>
  );
}
