import type { FormEvent, ReactNode } from "react";
import { Note } from "../../components/note.tsx";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./auth-card.module.css";

type Props = { onSubmit: (event: FormEvent<HTMLFormElement>) => void; children: ReactNode };

/** The form of an account's page. What is typed never gets into an address, whatever becomes of the page's code. */
export function AuthForm({ onSubmit, children }: Props) {
  const { t } = useTranslation();
  return (
    <form method="post" className={styles.form} onSubmit={onSubmit}>
      <noscript>
        <Note tone="bad" title={t("auth.noScript.title")} text={t("auth.noScript.text")} />
      </noscript>
      {children}
    </form>
  );
}
