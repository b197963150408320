import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { PageHeader } from "../components/page-header.tsx";
import surface from "../components/surface.module.css";
import { Pricing } from "../features/billing/pricing.tsx";
import { meQuery } from "../lib/queries.ts";
import { useTranslation } from "../lib/use-translation.ts";

const route = getRouteApi("/everyone/pricing");

export function PricingPage() {
  const { t } = useTranslation();
  const { data: user } = useQuery(meQuery());
  const { choose, returnTo = "/wallet" } = route.useSearch();
  const navigate = useNavigate();
  const signUp = (code: string) =>
    void navigate({
      to: "/sign-up",
      search: { from: `/pricing?choose=${encodeURIComponent(code)}` },
    });
  return (
    <div className={surface.page}>
      <PageHeader title={t("pricing.title")} subtitle={t("pricing.subtitle")} />
      <Pricing isVisitor={!user} chosen={choose} returnTo={returnTo} onSignUp={signUp} />
    </div>
  );
}
