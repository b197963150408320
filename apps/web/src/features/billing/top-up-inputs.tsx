import { NativeSelect, TextInput } from "@mantine/core";
import type { BillingCatalogue, BillingPreferences } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { DollarField } from "./dollar-field.tsx";
import { productName } from "./product-name.ts";
import type { TopUpFields } from "./top-up-fields.ts";

type Props = {
  fields: TopUpFields;
  packs: BillingCatalogue["packs"];
  limits: BillingPreferences["limits"];
  /** Null while nobody has tried to save it. */
  wrong: { threshold: boolean; cap: boolean } | null;
  onChange: (fields: TopUpFields) => void;
};

/** When to buy, what, and how much of it in a month. */
export function TopUpInputs({ fields, packs, limits, wrong, onChange }: Props) {
  const { t } = useTranslation();
  const set = (part: Partial<TopUpFields>) => onChange({ ...fields, ...part });
  const pack = packs.find(({ code }) => code === fields.packCode);
  const capProblem = t("billing.limits.capProblem", {
    min: formatCents(t, pack?.priceCents ?? 0),
    max: formatCents(t, limits.topUpCapCents),
  });
  const thresholdProblem = t("billing.limits.thresholdProblem", {
    max: limits.topUpThresholdCredits,
  });
  return (
    <>
      <TextInput
        label={t("billing.limits.threshold")}
        inputMode="numeric"
        value={fields.threshold}
        error={wrong?.threshold ? thresholdProblem : null}
        onChange={(event) => set({ threshold: event.currentTarget.value })}
      />
      <NativeSelect
        label={t("billing.limits.pack")}
        value={fields.packCode}
        onChange={(event) => set({ packCode: event.currentTarget.value })}
        data={packs.map(({ code, name, priceCents }) => ({
          value: code,
          label: t("offer.buy", { name: productName(t, name), price: formatCents(t, priceCents) }),
        }))}
      />
      <DollarField
        label={t("billing.limits.cap")}
        value={fields.cap}
        error={wrong?.cap ? capProblem : null}
        onChange={(cap) => set({ cap })}
      />
    </>
  );
}
