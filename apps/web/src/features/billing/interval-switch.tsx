import { ChoiceGroup } from "../../components/choice-group.tsx";
import type { SoldPlan } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";

type Interval = SoldPlan["interval"];
type Props = { interval: Interval; onChange: (interval: Interval) => void };

/** By the month or by the year. */
export function IntervalSwitch({ interval, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <ChoiceGroup
      legend={t("pricing.interval")}
      look="switch"
      columns={2}
      value={interval}
      onChange={onChange}
      choices={[
        { value: "month", label: t("pricing.monthly") },
        { value: "year", label: t("pricing.yearly") },
      ]}
    />
  );
}
