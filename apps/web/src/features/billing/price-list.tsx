import IconTag from "@tabler/icons-react/dist/esm/icons/IconTag.mjs";
import type { Price } from "@tintype/core/catalogue";
import type { ReactNode } from "react";
import { EmptyState } from "../../components/empty-state.tsx";
import { Note } from "../../components/note.tsx";
import type { BillingCatalogue } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import type { Buying } from "./buying.ts";
import { Packs } from "./packs.tsx";
import { Plans } from "./plans.tsx";
import styles from "./pricing.module.css";
import { SmallPrint } from "./small-print.tsx";

type Props = {
  catalogue: BillingCatalogue;
  /** Of what is made here: they tell what credits are good for. */
  prices: readonly Price[];
  buying: Buying;
  /** What members do with the plan they have. */
  manage?: ReactNode;
  onSwitch?: (code: string) => void;
  /** What there is to say before the list. */
  children?: ReactNode;
};

/** Everything that is sold here, for members and visitors alike. */
export function PriceList({ catalogue, prices, buying, manage, onSwitch, children }: Props) {
  const { t } = useTranslation();
  const { plans, packs, isOpen } = catalogue;
  if (plans.length + packs.length === 0) {
    const [title, text] = [t("pricing.empty.title"), t("pricing.empty.text")];
    return <EmptyState icon={<IconTag size={26} />} title={title} text={text} />;
  }
  return (
    <div className={styles.sections}>
      {!isOpen && (
        <Note tone="calm" title={t("pricing.closed.title")} text={t("pricing.closed.text")} />
      )}
      {children}
      {plans.length > 0 && <Plans {...{ catalogue, prices, buying, manage, onSwitch }} />}
      {packs.length > 0 && <Packs {...{ catalogue, prices, buying }} />}
      <SmallPrint hasPlans={plans.length > 0} hasPacks={packs.length > 0} />
    </div>
  );
}
