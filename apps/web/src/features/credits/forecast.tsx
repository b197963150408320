import { Link } from "@tanstack/react-router";
import section from "../../components/section.module.css";
import type { Wallet } from "../../lib/api-types.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import buckets from "./buckets.module.css";
import { formatDate } from "./dates.ts";
import styles from "./forecast.module.css";
import { SpendChart } from "./spend-chart.tsx";

/** A date so far off would be a promise that nobody can keep. */
const farMs = 2 * 365 * 86_400_000;

/** How long the credits last at the pace of the last days, in words first and then as a picture. */
export function Forecast({ wallet }: { wallet: Wallet }) {
  const { t, locale } = useTranslation();
  const { spending } = wallet;
  const { days, spent, observedDays, unused } = spending;
  const average = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const isKnown = observedDays > 0 && wallet.available > 0;
  return (
    <section className={section.card} aria-labelledby="forecast-title">
      <h2 id="forecast-title" className={buckets.title}>
        {t("forecast.title")}
      </h2>
      {isKnown && <Headline wallet={wallet} />}
      <p className={section.text}>
        {wallet.available === 0 && t("forecast.empty")}
        {wallet.available > 0 && observedDays === 0 && t("forecast.tooNew")}
        {isKnown && spent === 0 && t("forecast.nothingSpent", { count: observedDays })}
        {isKnown &&
          spent > 0 &&
          t("forecast.pace", {
            average: average.format(spent / observedDays),
            spent: t("units.credits", { count: spent }),
            count: observedDays,
          })}
      </p>
      {isKnown && spent > 0 && (
        <p className={unused ? styles.loss : section.text}>
          {unused
            ? t("forecast.unused", {
                count: unused.credits,
                date: formatDate(unused.expiresAt, locale),
              })
            : t("forecast.allUsed")}
        </p>
      )}
      {observedDays === 0 && (
        <Link to="/studio" className={styles.link}>
          {t("forecast.openStudio")}
        </Link>
      )}
      {days.some(({ credits }) => credits > 0) && <SpendChart days={days} />}
    </section>
  );
}

function Headline({ wallet }: { wallet: Wallet }) {
  const { t, locale } = useTranslation();
  const { lastsUntil } = wallet.spending;
  const canExpire = wallet.buckets.some(({ expiresAt }) => expiresAt !== null);
  const isFar = lastsUntil !== null && new Date(lastsUntil).getTime() - Date.now() > farMs;
  return (
    <div>
      <p className={styles.headline}>
        {lastsUntil === null && t(`forecast.${canExpire ? "lastsNothing" : "lastsAlways"}`)}
        {lastsUntil !== null && isFar && t("forecast.lastsLong")}
        {lastsUntil !== null &&
          !isFar &&
          t("forecast.lasts", { date: formatDate(lastsUntil, locale) })}
      </p>
      {lastsUntil !== null && <p className={section.text}>{t("forecast.lastsText")}</p>}
    </div>
  );
}
