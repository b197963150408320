import { Skeleton } from "@mantine/core";
import styles from "./library.module.css";

const places = Array.from({ length: 12 }, (_, index) => index);

export function GridSkeleton() {
  return (
    <div className={styles.grid} aria-busy="true">
      {places.map((place) => (
        <div key={place} className={styles.tile}>
          <Skeleton h="100%" radius={14} />
        </div>
      ))}
    </div>
  );
}
