import { type ReactNode, useEffect, useRef } from "react";
import styles from "./answer.module.css";

type Props = {
  /** What has been done; another object is another answer. */
  about: object | null;
  children: ReactNode;
};

/**
 * What became of a press. Its place is there from the beginning, so that what comes into it is read out, and it takes
 * the focus: the button that was pressed is often gone by then.
 */
export function Answer({ about, children }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (about) place.current?.focus();
  }, [about]);
  return (
    <div ref={place} role="status" tabIndex={-1} className={styles.answer}>
      {children}
    </div>
  );
}
