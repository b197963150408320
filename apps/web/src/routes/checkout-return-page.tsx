import { Button } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { PageHeader } from "../components/page-header.tsx";
import surface from "../components/surface.module.css";
import { CheckoutReturn } from "../features/billing/checkout-return.tsx";
import { useTranslation } from "../lib/use-translation.ts";

const route = getRouteApi("/member/billing/return");

export function CheckoutReturnPage() {
  const { t } = useTranslation();
  const { session, returnTo = "/wallet" } = route.useSearch();
  if (session === undefined) {
    return (
      <div className={`${surface.page} ${surface.narrow}`}>
        <PageHeader
          title={t("checkoutReturn.noSession.title")}
          subtitle={t("checkoutReturn.noSession.text")}
        />
        <Button renderRoot={(props) => <Link to="/billing" {...props} />}>
          {t("checkoutReturn.toBilling")}
        </Button>
      </div>
    );
  }
  return (
    <div className={surface.page}>
      <CheckoutReturn session={session} returnTo={returnTo} />
    </div>
  );
}
