import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { UpdateBillingPreferencesInput } from "@tintype/core/billing-preferences";
import { type FormEvent, useState } from "react";
import { Note } from "../../components/note.tsx";
import section from "../../components/section.module.css";
import type { BillingPreferences } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { useUser } from "../../lib/use-user.ts";
import { CardSaved } from "./card-saved.tsx";
import { DollarField } from "./dollar-field.tsx";
import { centsOf, dollarsOf } from "./dollars.ts";
import { forgetFields, keepFields, keptFields } from "./kept-fields.ts";
import styles from "./limits.module.css";
import { PreferenceProblem } from "./preference-problem.tsx";
import { useChangePreferences } from "./use-preferences.ts";

/** How far a job may go beyond the wallet, in dollars. Off until somebody types a number. */
export function OverageLimit({ preferences }: { preferences: BillingPreferences }) {
  const { t } = useTranslation();
  const { overageLimitCents: limitCents, overageUsedCents, limits } = preferences;
  const { id: userId } = useUser();
  const [typed, setTyped] = useState(() => keptFields(userId, "overage", ["typed"])?.typed ?? null);
  const kept = limitCents === null ? "" : dollarsOf(limitCents);
  const [problem, setProblem] = useState<string | null>(null);
  const change = useChangePreferences();
  const send = (input: UpdateBillingPreferencesInput) => {
    setProblem(null);
    forgetFields(userId, "overage");
    change.mutate(input, {
      // What has been typed while it was on its way has not been kept yet.
      onSuccess: () => setTyped((now) => (now === typed ? null : now)),
    });
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    const cents = centsOf(typed ?? kept);
    if (cents === null || cents > limits.overageLimitCents) {
      const max = formatCents(t, limits.overageLimitCents);
      return setProblem(t("billing.limits.amountProblem", { max }));
    }
    send({ overageLimitCents: cents, spendScope: "all_and_overage" });
  };
  return (
    <form className={section.block} id="overage" onSubmit={save} noValidate>
      <h3 className={section.name}>{t("billing.limits.overage")}</h3>
      <p className={section.text}>{t("billing.limits.overageText")}</p>
      {preferences.isOverageBlocked && <Closed isDisputed={preferences.isOverageDisputed} />}
      {limitCents !== null && (
        <p className={styles.used}>
          {t("billing.limits.used", {
            used: formatCents(t, overageUsedCents),
            limit: formatCents(t, limitCents),
          })}
        </p>
      )}
      <div className={styles.fields}>
        <DollarField
          label={t("billing.limits.overageLabel")}
          value={typed ?? kept}
          error={problem}
          onChange={setTyped}
        />
        <div className={section.actions}>
          <Button type="submit" variant="default" loading={change.isPending}>
            {limitCents === null ? t("billing.limits.allow") : t("billing.limits.save")}
          </Button>
          {limitCents !== null && (
            <Button
              variant="subtle"
              color="gray"
              disabled={change.isPending}
              onClick={() => send({ overageLimitCents: null, spendScope: "all" })}
            >
              {t("billing.limits.off")}
            </Button>
          )}
        </div>
      </div>
      {limitCents === null && <CardSaved place="overage" />}
      <PreferenceProblem
        error={change.error}
        place="overage"
        onLeave={() => keepFields(userId, "overage", { typed: typed ?? kept })}
      />
    </form>
  );
}

/** A dispute has no invoice that one could pay. */
function Closed({ isDisputed }: { isDisputed: boolean }) {
  const { t } = useTranslation();
  const why = isDisputed ? "disputed" : "blocked";
  return (
    <Note
      tone="bad"
      title={t(`billing.limits.${why}.title`)}
      text={t(`billing.limits.${why}.text`)}
    >
      {!isDisputed && (
        <Button
          size="xs"
          variant="default"
          renderRoot={(props) => <Link to="/billing" hash="invoices" {...props} />}
        >
          {t("shortage.unpaid.see")}
        </Button>
      )}
    </Note>
  );
}
