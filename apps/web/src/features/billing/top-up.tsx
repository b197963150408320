import { Button } from "@mantine/core";
import { type FormEvent, useId, useState } from "react";
import section from "../../components/section.module.css";
import type { BillingCatalogue, BillingPreferences } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { useUser } from "../../lib/use-user.ts";
import { CardSaved } from "./card-saved.tsx";
import { forgetFields, keepFields, keptFields } from "./kept-fields.ts";
import styles from "./limits.module.css";
import { PreferenceProblem } from "./preference-problem.tsx";
import { fieldNames, readTopUp, type TopUpFields, topUpFields } from "./top-up-fields.ts";
import { TopUpInputs } from "./top-up-inputs.tsx";
import { TopUpState } from "./top-up-state.tsx";
import { useAtOnce } from "./use-at-once.ts";
import { useChangePreferences } from "./use-preferences.ts";

type Props = { preferences: BillingPreferences; packs: BillingCatalogue["packs"] };

/** Buys a pack when few credits are left. Off until turned on, and never without a limit for the month. */
export function TopUp({ preferences, packs }: Props) {
  const { topUp, limits } = preferences;
  const { t } = useTranslation();
  const { id: userId } = useUser();
  const [fields, setFields] = useState<TopUpFields>(() => {
    const kept = keptFields(userId, "top-up", fieldNames);
    const isSold = packs.some(({ code }) => code === kept?.packCode);
    return kept && isSold ? kept : topUpFields(topUp, packs);
  });
  const [hasTried, setTried] = useState(false);
  const change = useChangePreferences();
  const { settings, wrong } = readTopUp(fields, limits, packs);
  const atOnce = useAtOnce({ settings, preferences, packs });
  const atOnceId = useId();
  const save = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!settings) return;
    forgetFields(userId, "top-up");
    change.mutate({ topUp: { ...settings, enabled: true } });
  };
  const isRunning = topUp.enabled && !topUp.pausedBecause;
  return (
    <form className={section.block} id="top-up" onSubmit={save} noValidate>
      <h3 className={section.name}>{t("billing.limits.topUp")}</h3>
      <p className={section.text}>{t("billing.limits.topUpText")}</p>
      <TopUpState topUp={topUp} />
      <div className={styles.fields}>
        <TopUpInputs
          {...{ fields, packs, limits }}
          wrong={hasTried ? wrong : null}
          onChange={setFields}
        />
        <div className={section.actions}>
          <Button
            type="submit"
            variant="default"
            loading={change.isPending}
            {...(atOnce && { "aria-describedby": atOnceId })}
          >
            {isRunning ? t("billing.limits.save") : t("billing.limits.on")}
          </Button>
          {topUp.enabled && settings && (
            <Button
              variant="subtle"
              color="gray"
              disabled={change.isPending}
              onClick={() => change.mutate({ topUp: { ...settings, enabled: false } })}
            >
              {t("billing.limits.off")}
            </Button>
          )}
        </div>
      </div>
      {atOnce && (
        <p className={styles.atOnce} id={atOnceId}>
          {atOnce}
        </p>
      )}
      {!isRunning && <CardSaved place="top-up" />}
      <PreferenceProblem
        error={change.error}
        place="top-up"
        onLeave={() => keepFields(userId, "top-up", fields)}
      />
    </form>
  );
}
