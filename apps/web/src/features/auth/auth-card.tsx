import type { ReactNode } from "react";
import { usePageTitle } from "../../lib/use-page-title.ts";
import styles from "./auth-card.module.css";

type Props = { title: string; subtitle?: string; children: ReactNode; footer?: ReactNode };

/** The frame of every page about accounts. */
export function AuthCard({ title, subtitle, children, footer }: Props) {
  usePageTitle(title);
  return (
    <div className={styles.page}>
      <section className={styles.card}>
        <h1 className={styles.title}>{title}</h1>
        {subtitle && <p className={styles.subtitle}>{subtitle}</p>}
        <div className={styles.body}>{children}</div>
      </section>
      {footer && <p className={styles.footer}>{footer}</p>}
    </div>
  );
}
