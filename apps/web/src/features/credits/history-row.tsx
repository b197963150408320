import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { CreditEvent } from "../../lib/api-types.ts";
import { formatChange, formatDay, formatNumber } from "../../lib/format.ts";
import styles from "./history.module.css";

export function HistoryRow({ event }: { event: CreditEvent }) {
  const { t, i18n } = useTranslation();
  const { kind, change, availableAfter, heldAfter, jobId, jobKind, source, createdAt } = event;
  const when = formatDay(createdAt, i18n.language);
  const about = [
    jobKind && t(`kinds.${jobKind}`),
    source && t(`creditSources.${source}`),
    // A job's settlement has a code for a reason, which its status already says; others have words.
    jobId === null && event.reason,
    // What is spent was set aside before, so the balance says nothing about it.
    event.spent > 0 && t("history.spent", { spent: event.spent, count: event.unheld }),
  ].filter(Boolean);
  return (
    <tr>
      <td>
        <span className={styles.kind}>{t(`creditEvents.${kind}`)}</span>
        <span className={styles.about}>
          {about.join(" · ")}
          {jobId && (
            <>
              {" "}
              <Link
                to="/history/$jobId"
                params={{ jobId }}
                resetScroll={false}
                className={styles.link}
              >
                {t("jobs.receipt")}
              </Link>
            </>
          )}
        </span>
        <span className={styles.whenSmall}>{when}</span>
      </td>
      <td className={styles.when}>{when}</td>
      <td className={styles.number} data-sign={Math.sign(change)}>
        {formatChange(change, i18n.language)}
      </td>
      <td className={styles.number}>
        {formatNumber(availableAfter, i18n.language)}
        {heldAfter > 0 && (
          <span className={styles.held}>{t("balance.heldShort", { count: heldAfter })}</span>
        )}
      </td>
    </tr>
  );
}
