import { Skeleton } from "@mantine/core";
import { PriceBreakdown } from "../../components/price-breakdown.tsx";
import { formatEstimate, formatNumber } from "../../lib/format.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./generate-bar.module.css";
import type { QuoteState } from "./use-quote.ts";

type Props = { quote: QuoteState; available: number | undefined };

/** The promise in one line, and the whole calculation one press away. */
export function PriceDetails({ quote, available }: Props) {
  const { t, locale } = useTranslation();
  const shown = quote.current ?? quote.previous;
  if (!shown || available === undefined) return <Skeleton h={42} />;
  const after = available - shown.credits;
  const balance = formatNumber(after, locale);
  return (
    <div className={styles.details} data-stale={quote.current === null}>
      <p>{t("studio.generate.promise", { time: formatEstimate(t, shown.refundAfterSeconds) })}</p>
      <details>
        <summary className={styles.why}>
          <span>{t("studio.generate.why")}</span>
          {shown.affordable && (
            <span className={styles.after}>{t("studio.generate.after", { balance })}</span>
          )}
        </summary>
        <div className={styles.sums}>
          <PriceBreakdown breakdown={shown.breakdown} />
          <p>
            {shown.cancelFeeCredits > 0
              ? t("studio.generate.cancelFee", { count: shown.cancelFeeCredits })
              : t("studio.generate.cancelFree")}
          </p>
        </div>
      </details>
    </div>
  );
}
