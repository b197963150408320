import { Skeleton } from "@mantine/core";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import type { BillingCatalogue } from "../../lib/api-types.ts";
import { useHashTarget } from "../../lib/use-hash-target.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { OverageLimit } from "./overage-limit.tsx";
import { SpendScope } from "./spend-scope.tsx";
import { TopUp } from "./top-up.tsx";
import { usePreferences } from "./use-preferences.ts";

const parts = ["spend-scope", "overage", "top-up"];

/** What may be spent without asking each time, and where it stops. */
export function Limits({ catalogue }: { catalogue: BillingCatalogue }) {
  const { t } = useTranslation();
  const { data: preferences, error, refetch } = usePreferences();
  useHashTarget(parts, preferences !== undefined);
  return (
    <section aria-labelledby="limits">
      <h2 id="limits" className={section.heading}>
        {t("billing.limits.title")}
      </h2>
      {!preferences &&
        (error ? (
          <ProblemNote error={error} onRetry={refetch} />
        ) : (
          <Skeleton h={320} radius={16} />
        ))}
      {preferences && (
        <div className={section.rows}>
          <SpendScope preferences={preferences} hasPlans={catalogue.plans.length > 0} />
          <OverageLimit preferences={preferences} />
          {catalogue.packs.length > 0 && (
            <TopUp preferences={preferences} packs={catalogue.packs} />
          )}
        </div>
      )}
    </section>
  );
}
