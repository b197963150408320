import { useTranslation } from "react-i18next";
import section from "../../components/section.module.css";
import type { Subscription } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";

/** As the payment provider reckons it today, with whatever else will stand on it. */
export function NextBill({ subscription }: { subscription: Subscription | null }) {
  const { t } = useTranslation();
  const bill = subscription?.nextBill;
  return (
    <section className={section.row} aria-labelledby="next-bill">
      <div>
        <h2 id="next-bill" className={section.name}>
          {t("billing.nextBill.title")}
        </h2>
        <p className={section.text}>
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
