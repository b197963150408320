import type { ReactNode } from "react";
import styles from "./note.module.css";

type Props = {
  tone: "bad" | "good" | "calm";
  title: string;
  text?: string;
  icon?: ReactNode;
  role?: "alert" | "status";
  children?: ReactNode;
};

export function Note({ tone, title, text, icon, role, children }: Props) {
  return (
    <div className={`${styles.note} ${styles[tone]}`} role={role}>
      {icon && (
        <span className={styles.icon} aria-hidden="true">
          {icon}
        </span>
      )}
      <div className={styles.body}>
        <p className={styles.title}>{title}</p>
        {text && <p className={styles.text}>{text}</p>}
        {children && <div className={styles.actions}>{children}</div>}
      </div>
    </div>
  );
}
