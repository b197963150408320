import type { ReactNode } from "react";
import styles from "./empty-state.module.css";

type Props = { icon: ReactNode; title: string; text: string; children?: ReactNode };

/** A place with nothing in it yet: says what will be here and how to get it. */
export function EmptyState({ icon, title, text, children }: Props) {
  return (
    <div className={styles.empty}>
      <span className={styles.icon} aria-hidden="true">
        {icon}
      </span>
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.text}>{text}</p>
      {children}
    </div>
  );
}
