import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "../../components/problem-note.tsx";
import styles from "./billing.module.css";
import { usePortal } from "./use-portal.ts";

export function PaymentMethod() {
  const { t } = useTranslation();
  const { open, isBusy, error } = usePortal("/billing");
  return (
    <section className={styles.row} aria-labelledby="payment-method">
      <div>
        <h2 id="payment-method" className={styles.name}>
          {t("billing.method.title")}
        </h2>
        <p className={styles.text}>{t("billing.method.text")}</p>
      </div>
      <Button variant="default" loading={isBusy} onClick={open}>
        {t("billing.method.open")}
      </Button>
      <ProblemNote error={error} />
    </section>
  );
}
