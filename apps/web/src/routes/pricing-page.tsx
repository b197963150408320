import { getRouteApi } from "@tanstack/react-router";
import { PageHeader } from "../components/page-header.tsx";
import surface from "../components/surface.module.css";
import { Pricing } from "../features/billing/pricing.tsx";
import { useTranslation } from "../lib/use-translation.ts";

const route = getRouteApi("/member/pricing");

/** As members see it; visitors have a document of their own. */
export function PricingPage() {
  const { t } = useTranslation();
  const { choose, returnTo = "/wallet" } = route.useSearch();
  return (
    <div className={surface.page}>
      <PageHeader title={t("pricing.title")} subtitle={t("pricing.subtitle")} />
      <Pricing chosen={choose} returnTo={returnTo} />
    </div>
  );
}
