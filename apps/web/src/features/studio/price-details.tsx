import { Popover, Skeleton } from "@mantine/core";
import IconInfoCircle from "@tabler/icons-react/dist/esm/icons/IconInfoCircle.mjs";
import { useTranslation } from "react-i18next";
import { PriceBreakdown } from "../../components/price-breakdown.tsx";
import { formatEstimate, formatNumber } from "../../lib/format.ts";
import styles from "./generate-bar.module.css";
import type { QuoteState } from "./use-quote.ts";

type Props = { quote: QuoteState; available: number | undefined };

/** The promise in one line, and the whole calculation one press away. */
export function PriceDetails({ quote, available }: Props) {
  const { t, i18n } = useTranslation();
  const shown = quote.current ?? quote.previous;
  if (!shown || available === undefined) return <Skeleton h={40} />;
  const after = available - shown.credits;
  return (
    <div className={styles.promise} data-stale={quote.current === null}>
      <p>{t("studio.generate.promise", { time: formatEstimate(t, shown.refundAfterSeconds) })}</p>
      <Popover width={300} position="top-end" radius="lg" shadow="md" withArrow>
        <Popover.Target>
          <button type="button" className={styles.why}>
            <IconInfoCircle size={15} aria-hidden="true" />
            {t("studio.generate.why")}
          </button>
        </Popover.Target>
        <Popover.Dropdown aria-label={t("studio.generate.whyTitle")}>
          <PriceBreakdown breakdown={shown.breakdown} />
          <dl className={styles.sums}>
            <dt>{t("studio.generate.after")}</dt>
            <dd>{formatNumber(after, i18n.language)}</dd>
          </dl>
          <p className={styles.small}>
            {shown.cancelFeeCredits > 0
              ? t("studio.generate.cancelFee", { count: shown.cancelFeeCredits })
              : t("studio.generate.cancelFree")}
          </p>
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}
