import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { PageHeader } from "../components/page-header.tsx";
import surface from "../components/surface.module.css";
import { Billing } from "../features/billing/billing.tsx";
import { useTranslation } from "../lib/use-translation.ts";

export function BillingPage() {
  const { t } = useTranslation();
  return (
    <div className={`${surface.page} ${surface.narrow}`}>
      <PageHeader title={t("billing.title")} subtitle={t("billing.subtitle")}>
        <Button
          renderRoot={(props) => (
            <Link to="/pricing" search={{ returnTo: "/billing" }} {...props} />
          )}
        >
          {t("billing.buy")}
        </Button>
      </PageHeader>
      <Billing />
    </div>
  );
}
