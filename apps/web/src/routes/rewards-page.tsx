import { useTranslation } from "react-i18next";
import { PageHeader } from "../components/page-header.tsx";
import surface from "../components/surface.module.css";
import { Rewards } from "../features/rewards/rewards.tsx";

export function RewardsPage() {
  const { t } = useTranslation();
  return (
    <div className={`${surface.page} ${surface.narrow}`}>
      <PageHeader title={t("rewards.title")} />
      <Rewards />
    </div>
  );
}
