import { Outlet } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { PageHeader } from "../components/page-header.tsx";
import surface from "../components/surface.module.css";
import { BalanceCard } from "../features/credits/balance-card.tsx";
import { History } from "../features/credits/history.tsx";
import styles from "./library-page.module.css";

export function HistoryPage() {
  const { t } = useTranslation();
  return (
    <div className={`${surface.page} ${surface.narrow} ${styles.page}`}>
      <PageHeader title={t("history.title")} subtitle={t("history.subtitle")} />
      <BalanceCard />
      <History />
      <Outlet />
    </div>
  );
}
