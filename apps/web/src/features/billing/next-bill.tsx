import { useTranslation } from "react-i18next";
import type { Subscription } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import styles from "./billing.module.css";

/** As the payment provider reckons it today, with whatever else will stand on it. */
export function NextBill({ subscription }: { subscription: Subscription | null }) {
  const { t } = useTranslation();
  const bill = subscription?.nextBill;
  return (
    <section className={styles.row} aria-labelledby="next-bill">
      <div>
        <h2 id="next-bill" className={styles.name}>
          {t("billing.nextBill.title")}
        </h2>
        <p className={styles.text}>
          {bill
            ? t("billing.nextBill.at", {
                amount: formatCents(t, bill.amountCents),
                date: new Date(bill.at),
              })
            : `${t("billing.nextBill.none")} ${t("billing.nextBill.noneText")}`}
        </p>
      </div>
    </section>
  );
}
