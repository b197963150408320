import { Link } from "@tanstack/react-router";
import type { EventReceipt } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { formatDate, formatMoney } from "./dates.ts";
import { placeOf } from "./event-words.ts";
import styles from "./receipt.module.css";

/** Which credits of an event went from where to where, what they had cost and until when they are good. */
export function EntryList({ receipt }: { receipt: EventReceipt }) {
  const { t, locale } = useTranslation();
  const { entries, event } = receipt;
  const date = (iso: string) => formatDate(iso, locale);
  return (
    <ul className={styles.entries}>
      {entries.map((entry) => {
        const { grantId, source, expiresAt, amount, from, to, costCents, currency } = entry;
        const money = formatMoney(costCents, currency, locale);
        const issued = date(entry.issuedAt);
        // Credits from beyond the wallet are billed later, and only the job they came for can use them.
        const isOverage = source === "overage";
        const origin = isOverage
          ? t("receipt.overageOf", { date: issued })
          : t("receipt.grantOf", { source: t(`creditSources.${source}`), date: issued });
        const about = isOverage
          ? [t("receipt.overageCost", { money })]
          : [
              expiresAt ? t("receipt.expires", { date: date(expiresAt) }) : t("receipt.never"),
              costCents > 0 && t("receipt.cost", { money }),
            ].filter(Boolean);
        return (
          <li key={`${grantId}-${from}-${to}`} className={styles.entry}>
            <p className={styles.entryHead}>
              <b>{t("units.credits", { count: amount })}</b>
              <span>
                {t("receipt.move", {
                  from: placeOf(t, event.kind, from),
                  to: placeOf(t, event.kind, to),
                })}
              </span>
            </p>
            <p className={styles.small}>
              {entry.issuedSeq === event.seq ? (
                origin
              ) : (
                <Link
                  to="/wallet/receipts/$seq"
                  params={{ seq: String(entry.issuedSeq) }}
                  search
                  replace
                  resetScroll={false}
                  className={styles.link}
                >
                  {origin}
                </Link>
              )}
              {` · ${about.join(" · ")}`}
            </p>
          </li>
        );
      })}
    </ul>
  );
}
