import section from "../../components/section.module.css";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./pricing.module.css";

type Props = { hasPlans: boolean; hasPacks: boolean };

/** What one would want to have known before paying. */
export function SmallPrint({ hasPlans, hasPacks }: Props) {
  const { t } = useTranslation();
  return (
    <section className={styles.print} aria-labelledby="small-print">
      <h2 id="small-print" className={styles.printTitle}>
        {t("pricing.print.title")}
      </h2>
      <ul className={section.list}>
        {hasPacks && <li>{hasPlans ? t("pricing.print.pack") : t("pricing.print.packOnly")}</li>}
        {hasPlans && <li>{t("pricing.print.plan")}</li>}
        <li>{t("pricing.print.order")}</li>
        {hasPlans && <li>{t("pricing.print.renew")}</li>}
        {hasPlans && <li>{t("pricing.print.change")}</li>}
        <li>{t("pricing.print.money")}</li>
      </ul>
    </section>
  );
}
