import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Outlet, useLocation } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { PageHeader } from "../components/page-header.tsx";
import section from "../components/section.module.css";
import surface from "../components/surface.module.css";
import { History } from "../features/credits/history.tsx";
import { HistoryFilters } from "../features/credits/history-filters.tsx";
import { WalletOverview } from "../features/credits/wallet-overview.tsx";
import { withTexts } from "../lib/i18n.ts";
import { trpc } from "../lib/trpc.ts";
import { useTranslation } from "../lib/use-translation.ts";
import { readWalletSearch, type WalletSearch } from "./search.ts";
import styles from "./wallet-page.module.css";

/** Few have a code, so that its form waits for what everybody came for. */
const RedeemCode = lazy(
  withTexts("money", async () => {
    const { RedeemCode: component } = await import("../features/rewards/redeem-code.tsx");
    return { default: component };
  }),
);

/** For those whose plan brings nothing at the moment; the rest never load it. */
const PlanTrouble = lazy(
  withTexts("billing", async () => {
    const { PlanTrouble: component } = await import("../features/billing/plan-trouble.tsx");
    return { default: component };
  }),
);

/** The end of a plan is news for so long. */
const newsMs = 30 * 86_400_000;

function usePlanTrouble(): "past_due" | "paused" | "lost" | null {
  const { data: catalogue } = useQuery(trpc.billing.catalogue.queryOptions());
  if (!catalogue) return null;
  const { planStatus, endedPlan } = catalogue;
  if (planStatus === "past_due" || planStatus === "paused") return planStatus;
  const isNews = endedPlan !== null && Date.now() - Date.parse(endedPlan.endedAt) < newsMs;
  return isNews && endedPlan.wasUnpaid ? "lost" : null;
}

const route = getRouteApi("/member/wallet");

/**
 * What the address asks for, while the page that was asked for is still on its way: a field that shows the page's own
 * search would take back what was just typed into it. @returns null when the address is no longer the wallet's
 */
const useNewestSearch = (): WalletSearch | null =>
  useLocation({
    structuralSharing: true,
    select: ({ pathname, search }) =>
      pathname.startsWith("/wallet") ? readWalletSearch(search) : null,
  });

export function WalletPage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const newest = useNewestSearch();
  const navigate = route.useNavigate();
  const trouble = usePlanTrouble();
  return (
    <div className={`${surface.page} ${styles.page}`}>
      <PageHeader title={t("wallet.title")} subtitle={t("wallet.subtitle")}>
        <Button renderRoot={(props) => <Link to="/pricing" {...props} />}>{t("wallet.buy")}</Button>
      </PageHeader>
      {trouble && (
        <Suspense>
          <PlanTrouble trouble={trouble} />
        </Suspense>
      )}
      <WalletOverview>
        <div className={styles.redeem}>
          <Suspense>
            <RedeemCode />
          </Suspense>
        </div>
      </WalletOverview>
      <section id="history" aria-labelledby="history-title">
        <h2 id="history-title" className={section.heading}>
          {t("history.title")}
        </h2>
        <HistoryFilters
          search={newest ?? search}
          onChange={(change) =>
            void navigate({ search: change, replace: true, resetScroll: false })
          }
        />
        <History search={search} />
      </section>
      <Outlet />
    </div>
  );
}
