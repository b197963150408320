import type { Wallet } from "../../lib/api-types.ts";
import { formatNumber } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { formatCalendarDay } from "./dates.ts";
import styles from "./forecast.module.css";

/** A bar for each day. Whoever cannot see or point at them opens the same numbers as a table. */
export function SpendChart({ days }: { days: Wallet["spending"]["days"] }) {
  const { t, locale } = useTranslation();
  const most = Math.max(1, ...days.map(({ credits }) => credits));
  const name = (day: string, index: number) =>
    index === days.length - 1 ? t("forecast.today") : formatCalendarDay(day, locale);
  const credits = (count: number) => t("units.credits", { count });
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>
        {t("forecast.chart")}
        <span>{t("forecast.most", { credits: formatNumber(most, locale) })}</span>
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
        <span>{days[0] && formatCalendarDay(days[0].day, locale)}</span>
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
                <td>{formatNumber(spent, locale)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
