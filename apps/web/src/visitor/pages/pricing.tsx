import { PageHeader } from "../../components/page-header.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import surface from "../../components/surface.module.css";
import { PriceList } from "../../features/billing/price-list.tsx";
import { PricingSkeleton } from "../../features/billing/pricing-skeleton.tsx";
import { useTranslation } from "../../lib/use-translation.ts";
import { usePageData } from "../page-data.ts";

/** Who wants to buy makes an account first, and comes back to what was chosen. */
const addressOf = (code: string): string =>
  `/sign-up?${new URLSearchParams({ from: `/pricing?choose=${encodeURIComponent(code)}` })}`;

export function Page() {
  const { t } = useTranslation();
  const { data, error } = usePageData();
  return (
    <div className={surface.page}>
      <PageHeader title={t("pricing.title")} subtitle={t("pricing.subtitle")} />
      <ProblemNote error={error} />
      {data?.list ? (
        <PriceList {...data.list} buying={{ by: "link", addressOf }} />
      ) : (
        <PricingSkeleton />
      )}
    </div>
  );
}
