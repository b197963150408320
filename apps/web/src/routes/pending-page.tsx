import { Skeleton } from "@mantine/core";
import styles from "./pending-page.module.css";

/** What a page shows while its code is on the way: the shape of a page, without words. */
export function PendingPage() {
  return (
    <div className={styles.page} aria-busy="true">
      <Skeleton h={34} w={220} />
      <Skeleton h={16} w={360} maw="80%" mt={14} />
      <div className={styles.blocks}>
        <Skeleton h="100%" radius="lg" />
        <Skeleton h="100%" radius="lg" />
      </div>
    </div>
  );
}
