import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import { usePortal } from "./use-portal.ts";

export function PaymentMethod() {
  const { t } = useTranslation();
  const { open, isBusy, error } = usePortal("/billing");
  return (
    <section className={section.row} aria-labelledby="payment-method">
      <div>
        <h2 id="payment-method" className={section.name}>
          {t("billing.method.title")}
        </h2>
        <p className={section.text}>{t("billing.method.text")}</p>
      </div>
      <Button variant="default" loading={isBusy} onClick={open}>
        {t("billing.method.open")}
      </Button>
      <ProblemNote error={error} />
    </section>
  );
}
