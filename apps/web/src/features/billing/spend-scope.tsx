import { ChoiceGroup } from "../../components/choice-group.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import type { BillingPreferences } from "../../lib/api-types.ts";
import { usePhone } from "../../lib/use-media.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./limits.module.css";
import { useChangePreferences } from "./use-preferences.ts";

type Scope = BillingPreferences["spendScope"];
type Props = { preferences: BillingPreferences; hasPlans: boolean };

/** Which credits a job may take, from the fewest to everything. */
export function SpendScope({ preferences, hasPlans }: Props) {
  const { t } = useTranslation();
  const isPhone = usePhone();
  const change = useChangePreferences();
  const scopes: Scope[] = [
    "free",
    ...(hasPlans ? (["included"] as const) : []),
    "all",
    // Beyond the wallet nothing goes without a limit.
    ...(preferences.overageLimitCents === null ? [] : (["all_and_overage"] as const)),
  ];
  // What was just chosen is shown at once, and goes back should it not be kept.
  const shown = (change.isPending && change.variables.spendScope) || preferences.spendScope;
  return (
    <div className={section.block} id="spend-scope">
      <h3 className={section.name}>{t("billing.limits.scope")}</h3>
      <p className={section.text}>{t("billing.limits.scopeText")}</p>
      <div className={styles.scope}>
        <ChoiceGroup
          legend={t("billing.limits.scopeLegend")}
          look="segments"
          columns={isPhone ? 1 : scopes.length}
          value={shown}
          onChange={(spendScope) => change.mutate({ spendScope })}
          choices={scopes.map((value) => ({
            value,
            label: t(`billing.limits.scopes.${value}.title`),
            note: t(`billing.limits.scopes.${value}.text`),
          }))}
        />
      </div>
      <ProblemNote error={change.error} />
    </div>
  );
}
