import { Skeleton } from "@mantine/core";
import styles from "./studio-form.module.css";

/** The card of the form before its code is there: the choice of kind, the photo, the first pictures. */
export const FormOutline = () => (
  <div className={styles.form}>
    <div className={styles.fields}>
      <Skeleton h={42} />
      <Skeleton h={206} />
      <Skeleton h={18} w={72} />
      <Skeleton h={212} />
      <Skeleton h={18} w={56} />
      <Skeleton h={112} />
    </div>
  </div>
);
