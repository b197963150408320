import { PageHeader } from "../components/page-header.tsx";
import surface from "../components/surface.module.css";
import { Rewards } from "../features/rewards/rewards.tsx";
import { useTranslation } from "../lib/use-translation.ts";

export function RewardsPage() {
  const { t } = useTranslation();
  return (
    <div className={`${surface.page} ${surface.narrow}`}>
      <PageHeader title={t("rewards.title")} />
      <Rewards />
    </div>
  );
}
