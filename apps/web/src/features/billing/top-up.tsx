import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Note } from "../../components/note.tsx";
import section from "../../components/section.module.css";
import type { BillingCatalogue, BillingPreferences } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import styles from "./limits.module.css";
import { PreferenceProblem } from "./preference-problem.tsx";
import { readTopUp, type TopUpFields, topUpFields } from "./top-up-fields.ts";
import { useChangePreferences } from "./use-preferences.ts";

type Props = { preferences: BillingPreferences; packs: BillingCatalogue["packs"] };

/** Buys a pack when few credits are left. Off until turned on, and never without a limit for the month. */
export function TopUp({ preferences: { topUp, limits }, packs }: Props) {
  const { t } = useTranslation();
  const [fields, setFields] = useState<TopUpFields>(() => topUpFields(topUp, packs));
  const [hasTried, setTried] = useState(false);
  const change = useChangePreferences();
  const { settings, wrong } = readTopUp(fields, limits, packs);
  const set = (part: Partial<TopUpFields>) => setFields({ ...fields, ...part });
  const save = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (settings) change.mutate({ topUp: { ...settings, enabled: true } });
  };
  const pack = packs.find(({ code }) => code === fields.packCode);
  const capProblem = t("billing.limits.capProblem", {
    min: formatCents(t, pack?.priceCents ?? 0),
    max: formatCents(t, limits.topUpCapCents),
  });
  const { pausedBecause } = topUp;
  return (
    <form className={section.block} id="top-up" onSubmit={save} noValidate>
      <h3 className={section.name}>{t("billing.limits.topUp")}</h3>
      <p className={section.text}>{t("billing.limits.topUpText")}</p>
      {pausedBecause && (
        <Note
          tone="bad"
          title={t("billing.limits.paused")}
          text={t(`billing.limits.pausedBecause.${pausedBecause}`)}
        />
      )}
      {topUp.enabled && (
        <p className={styles.used}>
          {t("billing.limits.bought", {
            used: formatCents(t, topUp.spentCents),
            limit: formatCents(t, topUp.monthlyCapCents ?? 0),
          })}{" "}
          {topUp.isBuying && t("billing.limits.buying")}
        </p>
      )}
      <div className={styles.fields}>
        <TextInput
          label={t("billing.limits.threshold")}
          inputMode="numeric"
          value={fields.threshold}
          error={
            hasTried && wrong.threshold
              ? t("billing.limits.thresholdProblem", { max: limits.topUpThresholdCredits })
              : null
          }
          onChange={(event) => set({ threshold: event.currentTarget.value })}
        />
        <NativeSelect
          label={t("billing.limits.pack")}
          value={fields.packCode}
          onChange={(event) => set({ packCode: event.currentTarget.value })}
          data={packs.map(({ code, name, priceCents }) => ({
            value: code,
            label: t("offer.buy", { name, price: formatCents(t, priceCents) }),
          }))}
        />
        <TextInput
          label={t("billing.limits.cap")}
          inputMode="decimal"
          leftSection="$"
          value={fields.cap}
          error={hasTried && wrong.cap ? capProblem : null}
          onChange={(event) => set({ cap: event.currentTarget.value })}
        />
        <div className={section.actions}>
          <Button type="submit" variant="default" loading={change.isPending}>
            {topUp.enabled && !pausedBecause ? t("billing.limits.save") : t("billing.limits.on")}
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
      <PreferenceProblem error={change.error} />
    </form>
  );
}
