import type { ReactNode } from "react";
import { usePageTitle } from "../lib/use-page-title.ts";
import styles from "./page-header.module.css";
import surface from "./surface.module.css";

type Props = { title: string; subtitle?: string; children?: ReactNode };

/** The one h1 of a page, with what belongs beside it. */
export function PageHeader({ title, subtitle, children }: Props) {
  usePageTitle(title);
  return (
    <header className={styles.header}>
      <div>
        <h1 className={surface.title}>{title}</h1>
        {subtitle && <p className={surface.subtitle}>{subtitle}</p>}
      </div>
      {children}
    </header>
  );
}
