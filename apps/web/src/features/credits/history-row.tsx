import { Link } from "@tanstack/react-router";
import section from "../../components/section.module.css";
import type { CreditEvent } from "../../lib/api-types.ts";
import { formatChange, formatDay, formatNumber } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { EventMark } from "./event-mark.tsx";
import { titleOf } from "./event-words.ts";
import styles from "./history.module.css";
import { noteOf } from "./note-of.ts";

/** One line, which opens its receipt wherever it is pressed. */
export function HistoryRow({ event }: { event: CreditEvent }) {
  const { t, locale } = useTranslation();
  const { seq, kind, change, spent, availableAfter, heldAfter, jobKind, source } = event;
  const when = formatDay(event.createdAt, locale);
  const about = [
    jobKind && t(`kinds.${jobKind}`),
    source && t(`creditSources.${source}`),
    noteOf(event),
    // What is spent was set aside before, so the balance says nothing about it.
    spent > 0 && event.unheld > 0 && t("history.spent", { spent, count: event.unheld }),
  ].filter(Boolean);
  return (
    <tr className={styles.row}>
      <td>
        <div className={styles.what}>
          <EventMark kind={kind} />
          <div>
            <Link
              to="/wallet/receipts/$seq"
              params={{ seq: String(seq) }}
              search
              resetScroll={false}
              className={styles.kind}
            >
              {titleOf(t, event)}
            </Link>
            <span className={styles.about}>{about.join(" · ")}</span>
            <span className={`${styles.small} ${section.narrow}`}>{when}</span>
          </div>
        </div>
      </td>
      <td className={`${styles.when} ${section.wide}`}>{when}</td>
      <td className={`${section.number} ${styles.amount}`} data-sign={Math.sign(change)}>
        <span>
          {change === 0 && spent > 0
            ? t("history.spentShort", { count: spent })
            : formatChange(change, locale)}
        </span>
        <span className={`${styles.small} ${section.narrow}`}>
          {t("history.balanceAfter", { balance: availableAfter })}
        </span>
      </td>
      <td className={`${section.number} ${section.wide}`}>
        {formatNumber(availableAfter, locale)}
        {heldAfter > 0 && (
          <span className={styles.held}>{t("history.held", { count: heldAfter })}</span>
        )}
      </td>
    </tr>
  );
}
