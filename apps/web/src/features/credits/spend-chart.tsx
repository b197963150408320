import { useTranslation } from "react-i18next";
import type { Wallet } from "../../lib/api-types.ts";
import { formatNumber } from "../../lib/format.ts";
import { formatCalendarDay } from "./dates.ts";
import styles from "./forecast.module.css";

/** A bar for each day. Whoever cannot see or point at them opens the same numbers as a table. */
export function SpendChart({ days }: { days: Wallet["spending"]["days"] }) {
  const { t, i18n } = useTranslation();
  const most = Math.max(1, ...days.map(({ credits }) => credits));
  const name = (day: string, index: number) =>
    index === days.length - 1 ? t("forecast.today") : formatCalendarDay(day, i18n.language);
  const credits = (count: number) => t("units.credits", { count });
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>
        {t("forecast.chart")}
        <span>{t("forecast.most", { credits: formatNumber(most, i18n.language) })}</span>
      </figcaption>
      <div className={styles.chart} aria-hidden="true">
        {days.map(({ day, credits: spent }, index) => (
          <div
            key={day}
            className={styles.column}
            data-tip={`${name(day, index)}: ${credits(spent)}`}
          >
            <span
              className={styles.bar}
              data-empty={spent === 0}
              data-today={index === days.length - 1}
              style={{ height: `${(100 * spent) / most}%` }}
            />
          </div>
        ))}
      </div>
      <p className={styles.axis} aria-hidden="true">
        <span>{days[0] && formatCalendarDay(days[0].day, i18n.language)}</span>
        <span>{t("forecast.today")}</span>
      </p>
      <details className={styles.table}>
        <summary>{t("forecast.asTable")}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("forecast.day")}</th>
              <th scope="col">{t("forecast.spent")}</th>
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map(({ day, credits: spent }, index) => (
              <tr key={day}>
                <th scope="row">{name(day, days.length - 1 - index)}</th>
                <td>{formatNumber(spent, i18n.language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
